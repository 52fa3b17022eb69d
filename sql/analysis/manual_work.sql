-- model:  analysis.manual_work
-- about:  How often hand work was done for each customer, by what the customer did next.
-- scope:  customer
-- grain:  one row per (customer, manual touchpoint, next touchpoint)
-- key:    customer_key, touchpoint_key, next_touchpoint_key
-- reads:  core.events, core.touchpoints
-- column: customer_key        | integer   | Customer.
-- column: touchpoint_key      | usmallint | Manual touchpoint.
-- column: next_touchpoint_key | usmallint | Touchpoint of the customer's next action; null when none followed.
-- column: events              | bigint    | Times it was done.

with

followed as (
    select
        customer_key,
        touchpoint_key,
        lead(if(is_action, touchpoint_key, null) ignore nulls) over (
            partition by customer_key order by event_number
        ) as next_touchpoint_key
    from core.events
    where
        customer_key in (
            select handled.customer_key
            from core.events as handled
            inner join core.touchpoints on handled.touchpoint_key = touchpoints.touchpoint_key
            where touchpoints.is_manual
        )
)

select
    followed.customer_key,
    followed.touchpoint_key,
    followed.next_touchpoint_key,
    count(*) as events
from followed
inner join core.touchpoints on followed.touchpoint_key = touchpoints.touchpoint_key
where touchpoints.is_manual
group by followed.customer_key, followed.touchpoint_key, followed.next_touchpoint_key
