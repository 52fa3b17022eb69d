-- model:  marts.customers
-- about:  The customers: people as far as their identifiers tell, each with what they did in total.
-- scope:  customer
-- grain:  one row per customer
-- key:    customer_id
-- reads:  identity.customers, core.events, core.sessions, core.journeys
-- column: customer_id       | varchar   | Keyed hash of the earliest identifier; no identifier can be read from it.
-- column: identifiers       | bigint    | Accepted identifiers that were joined to this customer.
-- column: events            | bigint    | Events of the customer, context included.
-- column: sessions          | bigint    | Sessions.
-- column: journeys          | bigint    | Journeys, service journeys included.
-- column: converted         | bigint    | Journeys that reached a goal.
-- column: first_seen_at     | timestamp | First event that carried one of the identifiers, UTC.
-- column: last_seen_at      | timestamp | Last event, UTC; null without events.
-- column: first_goal_at     | timestamp | First goal reached, UTC; null without one.
-- column: first_acted_at    | timestamp | First action, UTC; null where the customer never acted.
-- check:  error | journeys >= converted | converted journeys are among the journeys

with

seen as (
    select
        customer_key,
        count(*) as events,
        max(occurred_at) as last_seen_at
    from core.events
    group by customer_key
),

visited as (
    select
        customer_key,
        count(*) as sessions,
        min(started_at) as first_acted_at
    from core.sessions
    group by customer_key
),

attempted as (
    select
        customer_key,
        count(*) as journeys,
        count(*) filter (where outcome = 'converted') as converted,
        min(goal_at) as first_goal_at
    from core.journeys
    group by customer_key
)

select
    customers.customer_id,
    customers.identifiers,
    coalesce(seen.events, 0) as events,
    coalesce(visited.sessions, 0) as sessions,
    coalesce(attempted.journeys, 0) as journeys,
    coalesce(attempted.converted, 0) as converted,
    customers.first_seen_at,
    seen.last_seen_at,
    attempted.first_goal_at,
    visited.first_acted_at
from identity.customers
left join seen on customers.customer_key = seen.customer_key
left join visited on customers.customer_key = visited.customer_key
left join attempted on customers.customer_key = attempted.customer_key
order by customers.customer_key
