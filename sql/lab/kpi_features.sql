-- model:  lab.kpi_features
-- about:  Sums behind business figures of settled journeys, for each.
-- scope:  global
-- grain:  one row per journey and feature
-- key:    row_number, feature, from_node
-- reads:  marts.journeys
-- params:
-- column: row_number    | bigint  | Where the journey stands in the snapshot.
-- column: customer_hash | ubigint | 64 bits of a hash of customer_id.
-- column: feature       | varchar | Name of the sum.
-- column: from_node     | varchar | Currency of 'value' and 'valued'; else null.
-- column: to_node       | varchar | Always null.
-- column: amount        | double  | Sum over the journey.

with

told as (
    select
        customer_id,
        journey_id,
        currency,
        1::double as journeys,
        (outcome = 'converted')::double as converted,
        coalesce(is_linear, false)::double as linear,
        (is_linear is not null)::double as staged,
        (is_linear is not null and back_steps > 0)::double as falling,
        steps::double as steps,
        sessions::double as sessions,
        (outcome = 'converted' and refunded_at is not null)::double as refunded,
        value::double as value,
        if(value is null, null, 1)::double as valued
    from journeys
    where is_settled and outcome != 'service'
),

features as (
    from told
    unpivot (amount for feature in (
        journeys, converted, linear, staged, falling, steps, sessions, refunded, value, valued
    ))
)

select
    journeys.rowid as row_number,
    md5_number_lower(features.customer_id) as customer_hash,
    features.feature,
    if(features.feature in ('value', 'valued'), features.currency, null) as from_node,
    null::varchar as to_node,
    features.amount
from features
inner join main.journeys
    on
        features.customer_id = journeys.customer_id
        and features.journey_id = journeys.journey_id
