-- What legal is asked about the law, and the last answer to each.
create table law_question (
    matter     text        primary key,
    question   jsonb,
    answer     jsonb,
    refused    text,
    changed_at timestamptz not null
);
