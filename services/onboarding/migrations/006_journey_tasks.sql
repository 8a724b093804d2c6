-- Whose task one is, asked with each that a person closes: an index of the ids of tasks alone. One
-- of whole states is written anew with every change of a journey, and is searched from end to end
-- where what was written last still lies in its list of pending entries.
create index journey_tasks on entity
 using gin (jsonb_path_query_array(state, '$.tasks[*].plan.task_id') jsonb_path_ops)
  with (fastupdate = off)
 where decider = 'journey';
drop index journey_facts;
