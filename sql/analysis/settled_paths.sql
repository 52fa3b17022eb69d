-- model:  analysis.settled_paths
-- about:  The path of each settled journey up to the goal, service journeys left out; empty without a designed map, which alone asks for it.
-- scope:  customer
-- grain:  one row per journey
-- key:    customer_key, journey_number
-- reads:  graph.paths, core.journeys, config.designed_map
-- column: customer_key    | integer     | Customer.
-- column: journey_number  | integer     | Journey of the customer.
-- column: touchpoint_keys | usmallint[] | Its touchpoints in order.

select
    paths.customer_key,
    paths.journey_number,
    paths.touchpoint_keys
from graph.paths
inner join core.journeys
    on
        paths.customer_key = journeys.customer_key
        and paths.journey_number = journeys.journey_number
where journeys.is_settled and exists (select 1 from config.designed_map)
