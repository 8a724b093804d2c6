-- Key results as metrics tells them, with the last decision asked of the owner of each; and what the
-- figures of a KPI are called, in which unit.

create table key_result (
    name     text  primary key,
    standing jsonb,
    alarm    jsonb
);

create table kpi (
    name  text primary key,
    title text not null,
    unit  text not null
);
