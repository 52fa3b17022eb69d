-- model:  analysis.stage_stays
-- about:  Stays in a stage before the goal: runs of steps of one stage, unstaged steps inside them included.
-- scope:  customer
-- grain:  one row per stay
-- key:    customer_key, journey_number, stay_number
-- reads:  core.steps
-- column: customer_key      | integer | Customer.
-- column: journey_number    | integer | Journey of the customer.
-- column: stay_number       | integer | Place among the stays of the journey, counted from 1.
-- column: stage_rank        | integer | Rank of the stage.
-- column: next_stage_rank   | integer | Rank of the stage it was left for; null for the last stay.
-- column: stay_microseconds | bigint  | From entering its first step to entering the next stage; for the last stay to leaving its last step.

with

staged as (
    select
        customer_key,
        journey_number,
        step_number,
        stage_rank,
        entered_at,
        (stage_rank is distinct from lag(stage_rank) over in_order) as is_entry
    from core.steps
    where part = 'before' and stage_rank is not null
    window in_order as (partition by customer_key, journey_number order by step_number)
),

entries as (
    select
        customer_key,
        journey_number,
        step_number,
        stage_rank,
        entered_at
    from staged
    where is_entry
),

endings as (
    select
        customer_key,
        journey_number,
        max(left_at) as left_at
    from core.steps
    where part = 'before'
    group by customer_key, journey_number
)

select
    entries.customer_key,
    entries.journey_number,
    (row_number() over in_order)::integer as stay_number,
    entries.stage_rank,
    lead(entries.stage_rank) over in_order as next_stage_rank,
    epoch_us(coalesce(lead(entries.entered_at) over in_order, endings.left_at)) - epoch_us(entries.entered_at)
        as stay_microseconds
from entries
inner join endings
    on
        entries.customer_key = endings.customer_key
        and entries.journey_number = endings.journey_number
window in_order as (
    partition by entries.customer_key, entries.journey_number order by entries.step_number
)
