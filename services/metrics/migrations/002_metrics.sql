-- The event log, the facts folded from it, and the figures made of those. All but the log can be
-- made again from the log.

-- What was observed, for good. `replaces` is the event, of the same source, that this one corrects
-- or takes back. `transaction` lets a rebuild tell what was written since it looked.
create table event_log (
    source      text        not null,
    event_id    text        not null,
    type        text        not null,
    entity      text        not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    replaces    text,
    body        jsonb       not null,
    transaction xid8        not null default pg_current_xact_id(),
    primary key (source, event_id)
);
create index event_log_entity on event_log (entity);
create index event_log_replaces on event_log (source, replaces) where replaces is not null;

-- Facts are made in generations: one is live, a rebuild makes the next beside it, and the one
-- before is removed in its own time. `made_by` names the folds and definitions of a rebuild.
create table generation (
    number  int    generated always as identity primary key,
    state   text   not null check (state in ('building', 'live', 'retired')),
    made_by text[] not null default '{}'
);
create unique index generation_live on generation (state) where state = 'live';
insert into generation (state) values ('live');

-- What there is to count and to measure; `causes` names what it was folded from, each as a pair of
-- source and event id.
create table fact (
    generation int         not null references generation,
    id         uuid        not null,
    entity     text        not null,
    kind       text        not null,
    at         timestamptz not null,
    dimensions jsonb       not null,
    measure    numeric,
    causes     jsonb       not null,
    primary key (generation, id)
);
create index fact_at on fact (generation, kind, at);
create index fact_entity on fact (generation, entity);

-- Every figure that ever stood, and what made it change. The one without `superseded_at` stands;
-- the others say what was known when. A value of null is "no data", never nought. What a rebuild
-- restates is `told` to the others with the next batch.
create table kpi_value (
    kpi           text        not null,
    bucket        date        not null,
    dimension     text        not null,
    member        text        not null,
    revision      int         not null,
    definition    text        not null,
    value         numeric,
    cause_source  text        not null,
    cause_id      text        not null,
    changed_at    timestamptz not null,
    superseded_at timestamptz,
    told          bool        not null,
    primary key (kpi, bucket, dimension, member, revision)
);
create unique index kpi_value_standing on kpi_value (kpi, dimension, bucket, member)
 where superseded_at is null;
create index kpi_value_untold on kpi_value (kpi) where not told;
