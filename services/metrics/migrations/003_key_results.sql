-- How each key result stands, as its owner was last told. `review_by` is the day on which the last
-- decision that was asked for is to be looked at again; `as_of` when it was last judged.
create table key_result (
    name       text        primary key,
    status     text        not null,
    bucket     date        not null,
    value      numeric,
    expected   numeric     not null,
    forecast   numeric,
    off_since  date,
    review_by  date,
    as_of      timestamptz not null,
    changed_at timestamptz not null
);
