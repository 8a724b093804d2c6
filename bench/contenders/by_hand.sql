-- Beside tables.sql: where each service reads on, and what it has not yet handed to Kafka.
create table journeys.position (partition int primary key, next_offset bigint not null);
create table decisions.position (like journeys.position including all);
create table tasks.position (like journeys.position including all);
create table notices.position (like journeys.position including all);

create table journeys.outgoing (
    id     bigint generated always as identity primary key,
    keys   bytea[] not null,
    bodies bytea[] not null
);
create table decisions.outgoing (like journeys.outgoing including all);
create table tasks.outgoing (like journeys.outgoing including all);
create table notices.outgoing (like journeys.outgoing including all);
