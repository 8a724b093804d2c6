-- Whom a delivery is about that is about several and so has a data key of its own: who erases a person
-- finds by it what else tells of them.
alter table delivery add column about text[] not null default '{}';
create index delivery_about on delivery using gin (about) where about <> '{}';
