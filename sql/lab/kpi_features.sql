-- model:  lab.kpi_features
-- about:  Sums behind business figures of settled journeys in two groups, for each customer.
-- scope:  global
-- grain:  one row per side, customer and feature
-- key:    side, customer_hash, feature, from_node
-- reads:  lab.sides, marts.journeys
-- column: side          | varchar | 'a' or 'b'.
-- column: customer_hash | ubigint | 64 bits of a hash of customer_id.
-- column: feature       | varchar | Name of the sum.
-- column: from_node     | varchar | Currency of 'value' and 'valued'; else null.
-- column: to_node       | varchar | Always null.
-- column: amount        | double  | Sum over the customer's journeys on the side.

with

told as (
    select
        sides.side,
        sides.customer_id,
        journeys.outcome,
        journeys.is_linear,
        journeys.back_steps,
        journeys.steps,
        journeys.sessions,
        journeys.value,
        journeys.currency,
        journeys.refunded_at
    from sides
    inner join main.journeys
        on
            sides.customer_id = journeys.customer_id
            and sides.journey_id = journeys.journey_id
    where journeys.is_settled and journeys.outcome != 'service'
),

by_customer as (
    select
        side,
        customer_id,
        count(*)::double as journeys,
        count(*) filter (where outcome = 'converted')::double as converted,
        count(*) filter (where is_linear)::double as linear,
        count(is_linear)::double as staged,
        count(*) filter (where is_linear is not null and back_steps > 0)::double as falling,
        sum(steps)::double as steps,
        sum(sessions)::double as sessions,
        count(*) filter (where outcome = 'converted' and refunded_at is not null)::double as refunded
    from told
    group by side, customer_id
),

by_currency as (
    select
        side,
        customer_id,
        currency,
        sum(value)::double as value,
        count(*)::double as valued
    from told
    where value is not null
    group by side, customer_id, currency
),

features as (
    from by_customer
    unpivot (amount for feature in (
        journeys, converted, linear, staged, falling, steps, sessions, refunded
    ))
),

amounts as (
    from by_currency
    unpivot (amount for feature in (value, valued))
)

select
    side,
    md5_number_lower(customer_id) as customer_hash,
    feature,
    null::varchar as from_node,
    null::varchar as to_node,
    amount
from features
union all
select
    side,
    md5_number_lower(customer_id) as customer_hash,
    feature,
    currency as from_node,
    null as to_node,
    amount
from amounts
