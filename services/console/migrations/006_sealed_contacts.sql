-- The sealed contacts of an event, which its story leaves out of what it shows: with them a hire can be
-- folded once more from nothing but its story (`rebuild.py`). Null where the event has none, or was told
-- before this column was there.
alter table story add column contacts jsonb;
