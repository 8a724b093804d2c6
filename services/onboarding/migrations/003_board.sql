-- What people ask of journeys: by status and start, and whose task one is.
create index journey_start on entity ((state->'profile'->>'starts_on'), key)
 where decider = 'journey';
create index journey_status on entity ((state->>'status'))
 where decider = 'journey';
create index journey_facts on entity using gin (state jsonb_path_ops)
 where decider = 'journey';
