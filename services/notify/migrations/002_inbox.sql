-- The in-app inbox: every message that was written, and what it asked for.
create table inbox_message (
    message_id uuid primary key,
    hire_id    uuid not null,
    recipient  text not null,
    written_at timestamptz not null,
    about      text not null,
    link       text not null,
    held       text,
    read_at    timestamptz
);
create index inbox_message_reader on inbox_message (recipient, written_at desc, message_id);
create index inbox_message_hire on inbox_message (hire_id, recipient);

create table inbox_ask (
    message_id uuid not null references inbox_message on delete cascade,
    place      int  not null,
    topic      text not null,
    "of"       text not null,
    urgency    text not null,
    text       text not null,
    why        text not null,
    due_on     date,
    zone       text not null,
    primary key (message_id, place)
);

-- When a topic of a hire was last settled. Kept apart from the asks, since onboarding may be heard
-- of a task's end before notify's own topic tells of the message that asked for it.
create table inbox_settled (
    hire_id    uuid not null,
    topic      text not null,
    settled_at timestamptz not null,
    primary key (hire_id, topic)
);
