-- model:  lab.pattern_matches
-- about:  Every match of a pattern in paths up to the goal, from left to right, none overlapping another.
-- scope:  global
-- grain:  one row per match
-- key:    customer_id, journey_id, match_number
-- reads:  lab.spelled_paths, marts.step_flows, marts.journeys
-- params: regex
-- column: customer_id      | varchar   | Customer.
-- column: journey_id       | varchar   | Journey.
-- column: journey_number   | integer   | Counted from 1 per customer.
-- column: outcome          | varchar   | Outcome of the journey.
-- column: match_number     | bigint    | Counted from 1 per journey.
-- column: matches          | bigint    | Matches in the journey.
-- column: first_step       | bigint    | First step of the match; null where it holds no step.
-- column: last_step        | bigint    | Last step of it.
-- column: steps            | bigint    | Steps it holds.
-- column: first_touchpoint | varchar   | Touchpoint of its first step.
-- column: last_touchpoint  | varchar   | Touchpoint of its last step.
-- column: duration_seconds | double    | From entering its first step to entering its last.
-- column: first_entered_at | timestamp | First event of its first step, UTC.
-- column: last_entered_at  | timestamp | First event of its last step, UTC.

with

pieces as (
    -- Each piece but the first is a match, the mark of its end, and what lies behind it.
    select
        customer_id,
        journey_id,
        steps,
        stride,
        string_split(
            regexp_replace(path, '(' || $regex || ')', chr(1) || '\1' || chr(2), 'g'), chr(1)
        ) as parts
    from spelled_paths
    where regexp_matches(path, $regex)
),

numbered as (
    select
        customer_id,
        journey_id,
        steps,
        stride,
        unnest(range(2, len(parts) + 1)) as place,
        len(parts) - 1 as matches,
        unnest(list_transform(
            list_slice(parts, 2, len(parts)), lambda part: strpos(part, chr(2)) - 1
        )) as letters,
        unnest(list_transform(
            range(2, len(parts) + 1),
            lambda part: length(array_to_string(list_slice(parts, 1, part - 1), '')) - (part - 2) + 1
        )) as first_letter
    from pieces
),

placed as (
    select
        customer_id,
        journey_id,
        place - 1 as match_number,
        matches,
        greatest((first_letter + stride - 2) // stride, 1) as first_step,
        least((first_letter + letters + stride - 3) // stride, steps) as last_step
    from numbered
)

select
    placed.customer_id,
    placed.journey_id,
    journeys.journey_number,
    journeys.outcome,
    placed.match_number,
    placed.matches,
    if(placed.first_step <= placed.last_step, placed.first_step, null) as first_step,
    if(placed.first_step <= placed.last_step, placed.last_step, null) as last_step,
    greatest(placed.last_step - placed.first_step + 1, 0) as steps,
    entered.touchpoint as first_touchpoint,
    reached.touchpoint as last_touchpoint,
    (epoch_us(reached.entered_at) - epoch_us(entered.entered_at)) / 1e6 as duration_seconds,
    entered.entered_at as first_entered_at,
    reached.entered_at as last_entered_at
from placed
inner join journeys
    on
        placed.customer_id = journeys.customer_id
        and placed.journey_id = journeys.journey_id
left join step_flows as entered
    on
        placed.customer_id = entered.customer_id
        and placed.journey_id = entered.journey_id
        and placed.first_step = entered.step_number
        and placed.first_step <= placed.last_step
        and entered.part = 'before'
left join step_flows as reached
    on
        placed.customer_id = reached.customer_id
        and placed.journey_id = reached.journey_id
        and placed.last_step = reached.step_number
        and placed.first_step <= placed.last_step
        and reached.part = 'before'
order by placed.customer_id, journeys.journey_number, placed.match_number
