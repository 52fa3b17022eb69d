-- model:  lab.spelled_paths
-- about:  Paths up to the goal, spelled as a text of one letter a step between a letter for the start and one for the end; where limits of waits are given, a letter for the wait stands between each two steps.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.step_flows
-- params: names, edges_us
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: steps       | bigint  | Its steps.
-- column: stride      | bigint  | Letters from one step to the next: 1, or 2 where waits have letters.
-- column: path        | varchar | The text; journeylab.pattern_letters has the letters.

select
    customer_id,
    journey_id,
    count(*) as steps,
    if(len($edges_us::bigint[]) = 0, 1, 2) as stride,
    chr(57344) || string_agg(
        chr(57348 + coalesce(list_position($names::varchar[], touchpoint), 0)::integer) || case
            when len($edges_us::bigint[]) = 0 or returns_next is null then ''
            else chr((
                63488
                + 2 * len(list_filter(
                    $edges_us::bigint[],
                    lambda edge: edge < round(next_wait_seconds * 1000000)::bigint
                ))
                + list_contains(
                    $edges_us::bigint[], round(next_wait_seconds * 1000000)::bigint
                )::integer
            )::integer)
        end, ''
        order by step_number
    ) || case max_by(next_touchpoint, step_number)
        when '(converted)' then chr(57345)
        when '(dropped)' then chr(57346)
        else chr(57347)
    end as path
from step_flows
where part = 'before'
group by customer_id, journey_id
