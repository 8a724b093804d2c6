-- The ledger of what remote work returns is read as a whole; it is a few lines among millions.
create index event_log_return on event_log (entity) where type = 'ReturnLineEntered';
