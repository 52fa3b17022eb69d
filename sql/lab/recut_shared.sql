-- model:  lab.recut_shared
-- about:  How many sessions two rules cut alike, and for how many customers they do not.
-- scope:  global
-- grain:  one row
-- key:    sessions_same
-- reads:  lab.cut_a, lab.cut_b
-- column: sessions_same     | bigint | Sessions of the same actions by both rules.
-- column: customers         | bigint | Customers with an action.
-- column: customers_changed | bigint | Customers of whom a session differs.

with

sessions_a as (
    select
        customer_id,
        list(event_number order by event_number) as numbers
    from cut_a
    group by customer_id, cut_session_id
),

sessions_b as (
    select
        customer_id,
        list(event_number order by event_number) as numbers
    from cut_b
    group by customer_id, cut_session_id
),

joined as (
    select
        coalesce(sessions_a.customer_id, sessions_b.customer_id) as customer_id,
        sessions_a.numbers is not null and sessions_b.numbers is not null as is_same
    from sessions_a
    full join sessions_b
        on
            sessions_a.customer_id = sessions_b.customer_id
            and sessions_a.numbers = sessions_b.numbers
)

select
    count(*) filter (where is_same) as sessions_same,
    count(distinct customer_id) as customers,
    count(distinct if(is_same, null, customer_id)) as customers_changed
from joined
