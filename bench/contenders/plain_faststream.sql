-- Beside tables.sql: which events each service has seen, and what it has not yet published.
create table journeys.inbox (event_id text primary key);
create table decisions.inbox (like journeys.inbox including all);
create table tasks.inbox (like journeys.inbox including all);
create table notices.inbox (like journeys.inbox including all);

create table journeys.outbox (event_id text primary key, body text not null);
create table decisions.outbox (like journeys.outbox including all);
create table tasks.outbox (like journeys.outbox including all);
create table notices.outbox (like journeys.outbox including all);
