-- model:  lab.kept_paths
-- about:  Journeys by their path up to the goal, sorted, so that any of them are counted in one pass.
-- scope:  global
-- grain:  one row per journey with a step before the goal
-- key:    customer_key, journey_number
-- reads:  graph.paths
-- params:
-- column: path_number    | bigint  | Path, numbered by its touchpoints.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.

select
    dense_rank() over (order by touchpoint_keys) as path_number,
    customer_key,
    journey_number
from graph.paths
order by path_number, customer_key, journey_number
