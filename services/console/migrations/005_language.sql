-- In which language somebody reads; null for what the browser asks for.
alter table account add column language text;
