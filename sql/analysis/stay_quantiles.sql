-- model:  analysis.stay_quantiles
-- about:  Exact median and 90th percentile of the stays (Kaplan-Meier), read from the stays themselves.
-- scope:  global
-- grain:  one row per (kind, item_key)
-- key:    kind, item_key
-- reads:  analysis.stay_targets, analysis.stays, analysis.stage_stays
-- column: kind             | varchar | 'touchpoint' or 'stage'.
-- column: item_key         | integer | touchpoint_key or stage_rank.
-- column: stay_p50_seconds | double  | Least time by which half of the stays have ended; null when it was not reached.
-- column: stay_p90_seconds | double  | Least time by which nine in ten have; null when it was not reached.

with

near as (
    select
        targets.kind,
        targets.item_key,
        targets.quantile,
        targets.place,
        stays.stay_microseconds
    from analysis.stay_targets as targets
    inner join analysis.stays
        on
            targets.kind = 'touchpoint'
            and targets.item_key = stays.touchpoint_key
            and targets.after_microseconds < stays.stay_microseconds
            and targets.upto_microseconds >= stays.stay_microseconds
    where stays.cause is not null
    union all
    select
        targets.kind,
        targets.item_key,
        targets.quantile,
        targets.place,
        stays.stay_microseconds
    from analysis.stay_targets as targets
    inner join analysis.stage_stays as stays
        on
            targets.kind = 'stage'
            and targets.item_key = stays.stage_rank
            and targets.after_microseconds < stays.stay_microseconds
            and targets.upto_microseconds >= stays.stay_microseconds
    where stays.cause is not null
),

found as (
    select
        kind,
        item_key,
        quantile,
        list_sort(list(stay_microseconds))[any_value(place)] as stay_microseconds
    from near
    group by kind, item_key, quantile
)

select
    kind,
    item_key,
    max(stay_microseconds) filter (where quantile = 0.5) / 1e6 as stay_p50_seconds,
    max(stay_microseconds) filter (where quantile = 0.9) / 1e6 as stay_p90_seconds
from found
group by kind, item_key
order by kind, item_key
