-- One row for each hire that any of the tables knows, as `bench.workload.outcome` wants it.
select hire_id, country, starts_on::text, verdict, findings, tasks, recipient, notice
  from journeys.journey
  full join decisions.decision using (hire_id)
  full join (
        select hire_id, string_agg(concat_ws(':', kind, status, reference), ',' order by kind) tasks
          from tasks.task
         group by hire_id
       ) t using (hire_id)
  full join notices.notice using (hire_id)
