-- model:  marts.drop_off_paths
-- about:  What dropped journeys did last: the five commonest last three steps of the settled dropped journeys that ended at a touchpoint.
-- scope:  global
-- grain:  one row per (touchpoint, path)
-- key:    touchpoint, rank
-- reads:  analysis.last_step_counts, core.touchpoints
-- column: touchpoint | varchar | Touchpoint the journeys ended at.
-- column: rank       | bigint  | Rank by journeys, ties by path, 1 to 5.
-- column: path       | varchar | Last three steps joined by ' -> '; fewer where the journey had no more.
-- column: journeys   | bigint  | Settled dropped journeys that ended so.
-- column: customers  | bigint  | Customers of those.
-- column: exits      | bigint  | Settled dropped journeys that ended at the touchpoint.
-- column: share      | double  | journeys ÷ exits.
-- column: is_insufficient | boolean | Whether fewer than 30 customers stand behind it.
-- check:  error | journeys <= exits and customers <= journeys | counts nest

with

named as (
    select
        lasts.touchpoint,
        concat_ws(' -> ', thirds.touchpoint, previous.touchpoint, lasts.touchpoint) as path,
        counted.journeys,
        counted.customers,
        sum(counted.journeys) over (partition by counted.touchpoint_key) as exits
    from analysis.last_step_counts as counted
    inner join core.touchpoints as lasts on counted.touchpoint_key = lasts.touchpoint_key
    left join core.touchpoints as previous on counted.previous_touchpoint_key = previous.touchpoint_key
    left join core.touchpoints as thirds on counted.third_touchpoint_key = thirds.touchpoint_key
),

ranked as (
    select
        named.*,
        row_number() over (partition by touchpoint order by journeys desc, path) as rank
    from named
)

select
    touchpoint,
    rank,
    path,
    journeys,
    customers,
    exits::bigint as exits,
    journeys / exits as share,
    customers < 30 as is_insufficient
from ranked
where rank <= 5
order by touchpoint, rank
