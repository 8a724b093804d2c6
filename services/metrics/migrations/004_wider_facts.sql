-- Some events are about two things at once: a deployment about a commit and about a service, which
-- `also` names. A fact may stand for many measurements at once, which `weight` counts.
alter table event_log add column also text;
update event_log
   set also = 'service/' || (body ->> 'environment') || '/' || (body ->> 'service')
 where type = 'DeploymentFinished';
create index event_log_also on event_log (also) where also is not null;

alter table fact add column weight bigint not null default 1;
