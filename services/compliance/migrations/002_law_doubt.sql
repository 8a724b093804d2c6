-- Which hires hang on which fact of law in doubt: an answer of legal reaches all of them. It is filled
-- when a process starts (`law_doubts.catch_up`).
create table law_doubt (
    matter  text not null,
    hire_id uuid not null,
    primary key (matter, hire_id)
);
