-- model:  lab.kept_stays
-- about:  Stays at touchpoints and in stages by what ended them, ascending, so that those of any journeys are counted up to a time.
-- scope:  global
-- grain:  one row per stay
-- key:
-- reads:  analysis.stays, analysis.stage_stays, core.horizon
-- params:
-- column: kind           | varchar | 'touchpoint' or 'stage'.
-- column: item_key       | integer | touchpoint_key or stage_rank.
-- column: cause          | varchar | What ended it; null while it runs.
-- column: customer_key   | integer | Customer.
-- column: journey_number | integer | Journey of the customer.
-- column: value          | bigint  | Microseconds; to the horizon while it runs.

with

stays as (
    select
        'touchpoint' as kind,
        touchpoint_key::integer as item_key,
        cause,
        customer_key,
        journey_number,
        stay_microseconds,
        began_at
    from analysis.stays
    union all
    select
        'stage' as kind,
        stage_rank as item_key,
        cause,
        customer_key,
        journey_number,
        stay_microseconds,
        began_at
    from analysis.stage_stays
    where stay_microseconds is not null
)

select
    stays.kind,
    stays.item_key,
    stays.cause,
    stays.customer_key,
    stays.journey_number,
    if(
        stays.cause is null,
        greatest(stays.stay_microseconds, epoch_us(horizon.horizon_at) - epoch_us(stays.began_at)),
        stays.stay_microseconds
    ) as value
from stays
inner join core.horizon on true
order by stays.kind, stays.item_key, stays.cause, value, stays.customer_key, stays.journey_number
