-- The tables of the kernel; every service has its own, in its own schema.

-- The state a decider keeps for a key. The row lock orders the events of the key: `sequence`
-- numbers them, so commit order is event order. `version` catches two writers of a new key.
create table entity (
    decider     text        not null,
    key         text        not null,
    version     bigint      not null,
    sequence    bigint      not null,
    state       jsonb,
    traceparent text,
    changed_at  timestamptz not null,
    primary key (decider, key)
) with (fillfactor = 70);

-- How far each key of each numbered source was read: lower is a duplicate, higher than next a gap.
-- `waiting` counts the parked messages that came after a gap.
create table cursor (
    source   text   not null,
    key      text   not null,
    sequence bigint not null,
    waiting  int    not null default 0,
    primary key (source, key)
) with (fillfactor = 70);

-- Ids of messages from sources that do not number them.
create table inbox (
    source      text        not null,
    id          text        not null,
    received_at timestamptz not null default now(),
    primary key (source, id)
);
create index inbox_received_at on inbox using brin (received_at);

-- Events decided and not yet acknowledged by Kafka. `owner` is the process that hands them over;
-- once it is gone, whoever holds the relay publishes what it left behind.
create table outbox (
    position    bigint      generated always as identity primary key,
    owner       uuid        not null,
    topic       text        not null,
    key         text        not null,
    id          uuid        not null,
    type        text        not null,
    source      text        not null,
    sequence    bigint      not null,
    recorded_at timestamptz not null,
    traceparent text,
    body        bytea       not null,
    created_at  timestamptz not null default now()
) with (autovacuum_vacuum_threshold = 2000);

-- The processes that are alive, by the database's clock.
create table process (
    owner        uuid        primary key,
    heartbeat_at timestamptz not null default now()
);

-- Moments that deciders asked for; `due` is the product's time, the lease the database's.
create table timer (
    decider      text        not null,
    key          text        not null,
    type         text        not null,
    slot         text        not null,
    due          timestamptz not null,
    body         bytea       not null,
    traceparent  text,
    leased_until timestamptz,
    primary key (decider, key, type, slot)
) with (fillfactor = 70);
create index timer_due on timer (due);

-- Changes to make in the outside world: tried under a lease, removed with their reply.
create table effect (
    position     bigint      generated always as identity primary key,
    id           uuid        not null unique,
    decider      text        not null,
    key          text        not null,
    lane         text        not null,
    type         text        not null,
    body         bytea       not null,
    traceparent  text,
    attempt      int         not null default 0,
    not_before   timestamptz not null default now(),
    leased_until timestamptz,
    reason       text
) with (fillfactor = 70);
create index effect_lane on effect (decider, key, lane, position);
create index effect_not_before on effect (not_before);

-- Messages that could not be handled, with the reason; kept until a person mends, replays or
-- discards them. An open one holds its key: what comes later for the key is parked behind it.
create table dead_letter (
    id          uuid        primary key,
    source      text        not null,
    key         text        not null,
    message_id  text        not null,
    type        text        not null,
    sequence    bigint,
    recorded_at timestamptz not null,
    traceparent text,
    origin      text        not null,
    body        bytea       not null,
    reason      text        not null,
    holds_key   bool        not null,
    status      text        not null default 'open' check (status in ('open', 'replayed', 'discarded')),
    created_at  timestamptz not null default now(),
    settled_at  timestamptz,
    settled_why text
);
create index dead_letter_held on dead_letter (key) where status = 'open' and holds_key;
create index dead_letter_created_at on dead_letter (created_at);

-- Messages that wait in order: behind a dead letter of their key, or for a number still missing.
create table parked (
    position    bigint      generated always as identity primary key,
    source      text        not null,
    key         text        not null,
    message_id  text        not null,
    type        text        not null,
    sequence    bigint,
    recorded_at timestamptz not null,
    traceparent text,
    origin      text        not null,
    body        bytea       not null,
    cause       text        not null check (cause in ('dead_letter', 'gap')),
    parked_at   timestamptz not null default now(),
    unique (source, key, message_id)
);
create index parked_key on parked (key, position);

-- What the front doors took in, as it came, sealed; the quarantine is its unreadable part.
create table delivery (
    source      text        not null,
    id          text        not null,
    status      text        not null check (status in ('read', 'quarantined', 'discarded')),
    reason      text,
    body        text        not null,
    traceparent text,
    received_at timestamptz not null,
    settled_at  timestamptz,
    primary key (source, id)
);
create index delivery_quarantined on delivery (received_at) where status = 'quarantined';
