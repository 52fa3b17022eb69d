-- model:  lab.attribution_totals
-- about:  Conversions and value to share out, per currency and group of customers, and what of them no touch can earn.
-- scope:  global
-- grain:  one row per (currency, sample)
-- key:    currency, sample_number
-- reads:  lab.attribution_touches, lab.attributed_journeys
-- column: currency            | varchar       | Currency of the value; null for conversions without one.
-- column: sample_number       | bigint        | Group of customers.
-- column: conversions         | bigint        | Settled journeys that converted.
-- column: value               | decimal(38,4) | Their gross value.
-- column: none_conversions    | bigint        | Those without a touch within the look-back.
-- column: none_value          | decimal(38,4) | Their gross value.

with

touched as (
    select journey_key
    from attribution_touches
    where is_converted and touch_number = 1
),

sold as (
    select
        attributed_journeys.currency,
        attributed_journeys.sample_number,
        coalesce(attributed_journeys.value, 0) as value,
        touched.journey_key is null as has_none
    from attributed_journeys
    left join touched on attributed_journeys.journey_key = touched.journey_key
    where attributed_journeys.is_converted
)

select
    currency,
    sample_number,
    count(*) as conversions,
    sum(value)::decimal(38, 4) as value,
    count(*) filter (where has_none) as none_conversions,
    coalesce(sum(value) filter (where has_none), 0)::decimal(38, 4) as none_value
from sold
group by currency, sample_number
order by currency, sample_number
