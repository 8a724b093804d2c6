-- A kept timer or reply is meant for one decider only, and stays so.
alter table dead_letter add column decider text;
alter table parked add column decider text;

-- What numbers its messages may repeat an id: the number tells them apart.
alter table parked drop constraint parked_source_key_message_id_key;
create unique index parked_once on parked (source, key, message_id, coalesce(sequence, 0));
