-- Pulse surveys. What was answered stands apart from who was invited: a ballot has a group of at
-- least five and a score, no time, no person and no token.

-- A wave is released once; then `released` holds its sums, and its ballots and tokens are gone.
create table survey_wave (
    name      text        primary key,
    closes_at timestamptz not null,
    released  jsonb
);

-- Who is in which sum, so that no later wave tells of few people by the difference.
create table survey_member (
    wave     text not null references survey_wave,
    member   uuid not null,
    in_group text not null,
    primary key (wave, member)
);

-- What an invitation opens, as a hash; it is deleted, not marked, when it is used.
create table survey_token (
    hash     bytea primary key,
    wave     text  not null references survey_wave,
    in_group text  not null
);

-- The id is random, so that to read by id is to shuffle.
create table survey_ballot (
    id       uuid     primary key default gen_random_uuid(),
    wave     text     not null references survey_wave,
    in_group text     not null,
    score    smallint not null check (score between 0 and 10)
);
