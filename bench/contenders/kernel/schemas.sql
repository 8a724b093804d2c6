-- Each service makes its own tables: the kernel's migrations run when it starts.
create schema journeys;
create schema decisions;
create schema tasks;
create schema notices;
