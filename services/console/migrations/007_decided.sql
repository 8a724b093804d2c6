-- Of a decision, a hire keeps what the board asks for: whole, it was most of the state, and written
-- again with every event. All that it says is in the story. What the old release keeps stays.
update hire
   set state = state || jsonb_build_object(
           'decided',
           case when state->'decision' <> 'null'
                then jsonb_build_object(
                         'version', state->'decision'->'version',
                         'verdict', state->'decision'->'verdict',
                         'awaits', jsonb_path_query_array(state->'decision', '$.awaits[*].matter'))
           end);
