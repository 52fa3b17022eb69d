-- model:  lab.kept_stage_moves
-- about:  How often each journey made each move between stages, sorted, so that any journeys are added up in one pass.
-- scope:  global
-- grain:  one row per (from_stage, to_stage, direction, journey)
-- key:    from_stage, to_stage, direction, customer_key, journey_number
-- reads:  core.stage_moves
-- params:
-- column: from_stage     | varchar | Stage left.
-- column: to_stage       | varchar | Stage entered.
-- column: direction      | varchar | Direction of the moves; null to and from bracketed nodes.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: transitions    | bigint  | Moves.

select
    from_stage,
    to_stage,
    direction,
    customer_key,
    journey_number,
    count(*) as transitions
from core.stage_moves
group by from_stage, to_stage, direction, customer_key, journey_number
order by from_stage, to_stage, direction, customer_key, journey_number
