-- What people look at: one row a hire, its story, figures; and who may look.

-- A hire as the events of all services tell it. `state` is all of it (`hire.Hire`); the columns are
-- what the board filters and sorts by. A row without `starts_on` was not announced yet: another
-- service's event came first. `manager` is a keyed digest of the manager's address.
create table hire (
    hire_id    uuid        primary key,
    announced  bool        not null,
    status     text        not null,
    attention  int         not null,
    since      timestamptz not null,
    place      text        not null,
    role       text        not null,
    starts_on  date,
    turn       text[]      not null,
    manager    text,
    search     text        not null,
    state      jsonb       not null
);
create index hire_board on hire (attention, starts_on, hire_id) where announced;
create index hire_manager on hire (manager) where manager is not null;

-- All that was told about a hire, each event once.
create table story (
    id       text        primary key,
    hire_id  uuid        not null,
    at       timestamptz not null,
    position bigint      generated always as identity,
    type     text        not null,
    body     jsonb       not null
);
create index story_hire on story (hire_id, at, position);

-- Figures as metrics tells them, the newest revision of each; and every revision.
create table figure (
    kpi        text        not null,
    part       text        not null,
    bucket     date        not null,
    revision   int         not null,
    value      numeric,
    definition text        not null,
    changed_at timestamptz not null,
    primary key (kpi, part, bucket)
);
create table figure_revision (
    kpi        text        not null,
    part       text        not null,
    bucket     date        not null,
    revision   int         not null,
    value      numeric,
    changed_at timestamptz not null,
    primary key (kpi, part, bucket, revision)
);

-- Who may sign in. `manager` is the digest of an account's own address, where it leads a team, and
-- `hire_id` the hire that a worker's account is about.
create table account (
    id         uuid        primary key,
    login      text        not null unique,
    name       text        not null,
    roles      text[]      not null,
    password   text        not null,
    manager    text,
    hire_id    uuid,
    created_at timestamptz not null,
    closed_at  timestamptz
);

-- Signed-in browsers. The cookie holds the token, the table only its hash.
create table session (
    token_hash bytea       primary key,
    id         uuid        not null unique,
    account    uuid        not null references account,
    browser    text        not null,
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    ended_at   timestamptz
);
create index session_account on session (account) where ended_at is null;

-- Who did what. Each row holds the hash of the one before, so that none can be changed or removed
-- without the chain showing it.
create table audit (
    position bigint      primary key,
    at       timestamptz not null,
    account  uuid,
    action   text        not null,
    subject  text        not null,
    detail   jsonb       not null,
    before   bytea       not null,
    hash     bytea       not null
);
create index audit_subject on audit (subject, position);
