-- Which hires hang on which fact of law in doubt: an answer of legal reaches all of them.
create table law_doubt (
    matter  text not null,
    hire_id uuid not null,
    primary key (matter, hire_id)
);

-- They were kept in the state of the question before.
insert into law_doubt (matter, hire_id)
select key, hire::uuid
  from entity, jsonb_array_elements_text(state->'hires') as hire
 where decider = 'law_question'
    on conflict do nothing;
update entity
   set state = state - 'hires' - 'reached'
 where decider = 'law_question';
delete from timer where decider = 'law_question' and type = 'TellNext';
