-- The last fetch of each employee whose HR system delivers ids only: what people look at to see
-- whether it worked. What counts for the hire is in its journey.
create table employee_fetch (
    hire_id     uuid        primary key,
    source      text        not null,
    employee_id text        not null,
    hinted_at   timestamptz,
    asked_at    timestamptz not null,
    outcome     text        not null check (outcome in ('asked', 'found', 'gone', 'failed')),
    settled_at  timestamptz,
    trouble     text        check ((trouble is not null) = (outcome = 'failed'))
);
create index employee_fetch_trouble on employee_fetch (asked_at) where trouble is not null;
