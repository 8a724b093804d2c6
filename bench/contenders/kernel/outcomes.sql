-- One row for each hire that any of the services knows, as `bench.workload.outcome` wants it.
with j as (select (state->>'hire_id')::uuid hire_id, state
             from journeys.entity where decider = 'journey'),
     d as (select (state->>'hire_id')::uuid hire_id, state
             from decisions.entity where decider = 'decision'),
     t as (select (state->>'hire_id')::uuid hire_id, state
             from tasks.entity where decider = 'tasks'),
     n as (select (state->>'hire_id')::uuid hire_id, state
             from notices.entity where decider = 'notice')
select hire_id,
       j.state->>'country' country,
       j.state->>'starts_on' starts_on,
       d.state->>'verdict' verdict,
       (select coalesce(string_agg(name, ',' order by place), '')
          from jsonb_array_elements_text(d.state->'findings') with ordinality f (name, place))
           findings,
       (select string_agg(concat_ws(':', task->>'kind', task->>'status', task->>'reference'), ','
                          order by task->>'kind')
          from jsonb_array_elements(t.state->'tasks') task) tasks,
       n.state->>'recipient' recipient,
       n.state->>'notice' notice
  from j full join d using (hire_id) full join t using (hire_id) full join n using (hire_id)
