-- What the contenders that write SQL of their own keep: a schema for each of the four services.
create schema journeys;
create schema decisions;
create schema tasks;
create schema notices;

create table journeys.journey (
    hire_id   uuid primary key,
    country   text not null,
    starts_on date not null
);

create table decisions.decision (
    hire_id  uuid primary key,
    verdict  text not null,
    findings text not null
);

create table tasks.task (
    hire_id   uuid not null,
    kind      text not null,
    status    text not null,
    reference text,
    primary key (hire_id, kind)
) with (fillfactor = 80);

create table notices.notice (
    hire_id   uuid primary key,
    recipient text not null,
    notice    text not null
);
