-- model:  lab.matches
-- about:  Journeys whose path up to the goal fits a pattern, spelled as a text of one letter a step between a letter for the start and one for the end.
-- scope:  global
-- grain:  one row per journey that fits
-- key:    customer_id, journey_id
-- reads:  marts.step_flows
-- params: names, regex
-- column: customer_id        | varchar | Customer.
-- column: journey_id         | varchar | Journey.
-- column: first_matched_step | bigint  | First step of the leftmost match; null where it holds no step.
-- column: last_matched_step  | bigint  | Last step of it, runs as long as they can be.
-- column: matches            | bigint  | Matches that do not overlap, from left to right.

with

spelled as (
    select
        customer_id,
        journey_id,
        chr(57344) || string_agg(
            chr(57348 + coalesce(list_position($names::varchar[], touchpoint), 0)::integer), ''
            order by step_number
        ) || case max_by(next_touchpoint, step_number)
            when '(converted)' then chr(57345)
            when '(dropped)' then chr(57346)
            else chr(57347)
        end as path
    from step_flows
    where part = 'before'
    group by customer_id, journey_id
),

matched as (
    select
        customer_id,
        journey_id,
        path,
        regexp_extract(path, $regex) as match,
        len(regexp_extract_all(path, $regex)) as matches
    from spelled
    where regexp_matches(path, $regex)
),

placed as (
    select
        customer_id,
        journey_id,
        matches,
        greatest(strpos(path, match) - 1, 1) as first_step,
        least(strpos(path, match) + length(match) - 2, length(path) - 2) as last_step
    from matched
)

select
    customer_id,
    journey_id,
    if(first_step <= last_step, first_step, null) as first_matched_step,
    if(first_step <= last_step, last_step, null) as last_matched_step,
    matches
from placed
