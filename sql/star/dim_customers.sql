-- model:  star.dim_customers
-- about:  Dimension: the customers, for joining facts by customer_id.
-- scope:  global
-- grain:  one row per customer
-- key:    customer_id
-- reads:  marts.customers
-- kind:   view
-- column: customer_id    | varchar | Customer.
-- column: first_seen_at  | timestamp | First event that carried one of the identifiers, UTC.
-- column: last_seen_at   | timestamp | Last event, UTC; null without events.
-- column: first_acted_at | timestamp | First action, UTC; null where the customer never acted.
-- column: first_goal_at  | timestamp | First goal reached, UTC; null without one.
-- column: identifiers    | bigint | Accepted identifiers joined to this customer.
-- column: sessions       | bigint | Sessions in all.
-- column: journeys       | bigint | Journeys in all, service journeys included.
-- column: converted      | bigint | Journeys that reached a goal.
-- column: is_buyer       | boolean | Whether any journey reached a goal.

select
    customer_id,
    first_seen_at,
    last_seen_at,
    first_acted_at,
    first_goal_at,
    identifiers,
    sessions,
    journeys,
    converted,
    (converted > 0) as is_buyer
from customers
