-- model:  lab.exit_journeys
-- about:  Settled dropped journeys whose last step was at a touchpoint.
-- scope:  global
-- grain:  one row per journey
-- key:    customer_id, journey_id
-- reads:  lab.moves
-- params: touchpoint
-- column: customer_id | varchar | Customer.
-- column: journey_id  | varchar | Journey.
-- column: occurrences | bigint  | 1: a journey ends once.

select
    customer_id,
    journey_id,
    count(*) as occurrences
from moves
where part = 'before' and is_settled and from_node = $touchpoint and to_node = '(dropped)'
group by customer_id, journey_id
