-- model:  analysis.kpi_samples
-- about:  The amounts of single journeys that means and medians are taken of.
-- scope:  customer
-- grain:  one row per (kpi, journey)
-- key:    kpi, customer_key, journey_number
-- reads:  core.journeys, identity.customers
-- column: kpi            | varchar  | KPI.
-- column: statistic      | varchar  | 'mean' or 'median'.
-- column: currency       | varchar  | Currency of the amount; null for none.
-- column: customer_key   | integer  | Customer.
-- column: journey_number | integer  | Journey of the customer.
-- column: customer_hash  | ubigint  | 64 bits of a hash of customer_id, which resampling draws by.
-- column: amount         | double   | Amount of the journey.

with

told as (
    select
        'average_order_value' as kpi,
        'mean' as statistic,
        currency,
        customer_key,
        journey_number,
        value::double as amount
    from core.journeys
    where value is not null
    union all by name
    select
        'time_to_goal_p50_converted_only' as kpi,
        'median' as statistic,
        customer_key,
        journey_number,
        duration_microseconds / 1e6 as amount
    from core.journeys
    where is_settled and outcome = 'converted' and not is_start_unknown
    union all by name
    select
        'steps_to_goal_p50_converted_only' as kpi,
        'median' as statistic,
        customer_key,
        journey_number,
        steps::double as amount
    from core.journeys
    where is_settled and outcome = 'converted'
    union all by name
    select
        'steps_p50' as kpi,
        'median' as statistic,
        customer_key,
        journey_number,
        steps::double as amount
    from core.journeys
    where is_settled and outcome != 'service'
)

select
    told.kpi,
    told.statistic,
    told.currency,
    told.customer_key,
    told.journey_number,
    md5_number_lower(customers.customer_id) as customer_hash,
    told.amount
from told
inner join identity.customers on told.customer_key = customers.customer_key
