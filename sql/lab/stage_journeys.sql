-- model:  lab.stage_journeys
-- about:  Settled journeys that reached a stage before the goal.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  marts.step_flows
-- params: stage
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | Stays in it: runs of steps of the stage, unstaged steps inside them included.

with

staged as (
    select
        customer_id,
        journey_id,
        stage,
        (stage is distinct from lag(stage) over in_order) as is_entry
    from step_flows
    where part = 'before' and is_settled and stage is not null
    window in_order as (partition by customer_id, journey_id order by step_number)
)

select
    customer_id,
    journey_id,
    count(*) as occurrences
from staged
where is_entry and stage = $stage
group by customer_id, journey_id
