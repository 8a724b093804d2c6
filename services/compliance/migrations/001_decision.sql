-- Every decision that was told, by the product's time of its telling: what was known when.
create table decision (
    hire_id    uuid        not null,
    version    int         not null,
    decided_at timestamptz not null,
    body       jsonb       not null,
    primary key (hire_id, version)
);
