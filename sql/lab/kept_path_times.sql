-- model:  lab.kept_path_times
-- about:  How long journeys took, by their path up to the goal, ascending, so that medians of any of them are looked up.
-- scope:  global
-- grain:  one row per journey with a step before the goal
-- key:    customer_key, journey_number
-- reads:  graph.paths, core.journeys
-- params:
-- column: path_number    | bigint  | Path, numbered by its touchpoints.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: value          | bigint  | From start to goal, loss or last action, microseconds.

select
    dense_rank() over (order by paths.touchpoint_keys) as path_number,
    paths.customer_key,
    paths.journey_number,
    journeys.duration_microseconds as value
from graph.paths
inner join core.journeys
    on
        paths.customer_key = journeys.customer_key
        and paths.journey_number = journeys.journey_number
order by path_number, value, paths.customer_key, paths.journey_number
