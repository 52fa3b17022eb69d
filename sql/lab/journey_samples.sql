-- model:  lab.journey_samples
-- about:  The amounts of single journeys that business figures are means and medians of, as analysis.kpi_samples takes them.
-- scope:  global
-- grain:  one row per (kpi, journey)
-- key:    kpi, journey_id
-- reads:  marts.journeys
-- column: kpi           | varchar | KPI.
-- column: statistic     | varchar | 'mean' or 'median'.
-- column: currency      | varchar | Currency of the amount; null for none.
-- column: journey_id    | varchar | Journey.
-- column: customer_hash | ubigint | 64 bits of a hash of customer_id, which resampling draws by.
-- column: amount        | double  | Amount of the journey.

with

amounts as (
    select
        'average_order_value' as kpi,
        'mean' as statistic,
        currency,
        journey_id,
        customer_id,
        value::double as amount
    from main.journeys
    where value is not null
    union all by name
    select
        'time_to_goal_p50_converted_only' as kpi,
        'median' as statistic,
        journey_id,
        customer_id,
        duration_seconds as amount
    from main.journeys
    where is_settled and outcome = 'converted' and not is_start_unknown
    union all by name
    select
        'steps_to_goal_p50_converted_only' as kpi,
        'median' as statistic,
        journey_id,
        customer_id,
        steps::double as amount
    from main.journeys
    where is_settled and outcome = 'converted'
    union all by name
    select
        'steps_p50' as kpi,
        'median' as statistic,
        journey_id,
        customer_id,
        steps::double as amount
    from main.journeys
    where is_settled and outcome != 'service'
)

select
    kpi,
    statistic,
    currency,
    journey_id,
    md5_number_lower(customer_id) as customer_hash,
    amount
from amounts
order by kpi, currency, journey_id
