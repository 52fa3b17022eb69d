-- model:  analysis.stay_cuts
-- about:  What ended between two neighbouring cuts of the stay time: the least that exact curves need. Cuts are the instants at which a stay was still running at the horizon, and some 200 points to draw at.
-- scope:  global
-- grain:  one row per (kind, item_key, cut)
-- key:    kind, item_key, cut_microseconds
-- reads:  analysis.stays, analysis.stage_stays, analysis.stay_seconds, core.horizon
-- params: journey_timeout_days
-- column: kind             | varchar | 'touchpoint' or 'stage'.
-- column: item_key         | integer | touchpoint_key or stage_rank.
-- column: cut_microseconds | bigint  | Stay time; the row counts what ended after the cut before it and up to it.
-- column: is_point         | boolean | Whether curves are drawn at it.
-- column: running          | bigint  | Stays still running at the horizon, of exactly that length.
-- column: goals            | bigint  | Stays ended by the goal.
-- column: losses           | bigint  | Stays ended by a loss.
-- column: advances         | bigint  | Stays ended by a move to a later stage.
-- column: sidesteps        | bigint  | Stays ended by a move within the stage or to itself.
-- column: falls            | bigint  | Stays ended by a move to an earlier stage.
-- column: laterals         | bigint  | Stays ended by a move without a stage.
-- column: leaves           | bigint  | Stays ended by silence for the journey timeout.

with

running as (
    select
        'touchpoint' as kind,
        stays.touchpoint_key::integer as item_key,
        greatest(stays.stay_microseconds, epoch_us(horizon.horizon_at) - epoch_us(stays.began_at))
            as stay_microseconds
    from analysis.stays
    inner join core.horizon on true
    where stays.cause is null
    union all
    select
        'stage' as kind,
        stays.stage_rank as item_key,
        greatest(stays.stay_microseconds, epoch_us(horizon.horizon_at) - epoch_us(stays.began_at))
            as stay_microseconds
    from analysis.stage_stays as stays
    inner join core.horizon on true
    where stays.began_at is not null
),

lengths as (
    select
        kind,
        item_key,
        greatest(max(stay_microseconds), $journey_timeout_days * 86400000000) as longest
    from (
        select
            'touchpoint' as kind,
            touchpoint_key::integer as item_key,
            max(stay_microseconds) as stay_microseconds
        from analysis.stays
        group by touchpoint_key
        union all
        select
            'stage' as kind,
            stage_rank as item_key,
            max(stay_microseconds) as stay_microseconds
        from analysis.stage_stays
        where stay_microseconds is not null
        group by stage_rank
        union all
        from running
    ) as longest
    group by kind, item_key
),

marks as (
    select
        kind,
        item_key,
        stay_microseconds as cut_microseconds,
        false as is_point,
        count(*) as running
    from running
    group by kind, item_key, stay_microseconds
    union all
    select
        kind,
        item_key,
        unnest(
            [0]
            || list_transform(
                range(200), lambda place: round(pow(longest / 1e6, place / 199))::bigint * 1000000
            )
            || [longest]
        )::bigint as cut_microseconds,
        true as is_point,
        0 as running
    from lengths
),

cuts as (
    select
        kind,
        item_key,
        cut_microseconds,
        bool_or(is_point) as is_point,
        sum(running)::bigint as running
    from marks
    group by kind, item_key, cut_microseconds
),

-- Seconds with a cut inside: only of those the stays are placed one by one, others by the second.
split as (
    select distinct
        kind,
        item_key,
        cut_microseconds // 1000000 + 1 as second
    from cuts
    where cut_microseconds % 1000000 > 0
),

ended as (
    select
        'touchpoint' as kind,
        touchpoint_key::integer as item_key,
        cause,
        stay_microseconds
    from analysis.stays
    where cause is not null
    union all
    select
        'stage' as kind,
        stage_rank as item_key,
        cause,
        stay_microseconds
    from analysis.stage_stays
    where cause is not null
),

counted as (
    select
        told.kind,
        told.item_key,
        told.cause,
        told.second * 1000000 as upto_microseconds,
        told.stays
    from analysis.stay_seconds as told
    anti join split
        on
            told.kind = split.kind
            and told.item_key = split.item_key
            and told.second = split.second
    union all
    select
        ended.kind,
        ended.item_key,
        ended.cause,
        ended.stay_microseconds as upto_microseconds,
        1 as stays
    from ended
    semi join split
        on
            ended.kind = split.kind
            and ended.item_key = split.item_key
            and (ended.stay_microseconds + 999999) // 1000000 = split.second
),

placed as (
    select
        counted.kind,
        counted.item_key,
        counted.cause,
        cuts.cut_microseconds,
        counted.stays
    from counted
    asof inner join cuts
        on
            counted.kind = cuts.kind
            and counted.item_key = cuts.item_key
            and counted.upto_microseconds <= cuts.cut_microseconds
)

select
    kind,
    item_key,
    cut_microseconds,
    any_value(is_point) as is_point,
    sum(running)::bigint as running,
    coalesce(sum(stays) filter (where cause = 'goal'), 0)::bigint as goals,
    coalesce(sum(stays) filter (where cause = 'loss'), 0)::bigint as losses,
    coalesce(sum(stays) filter (where cause = 'advance'), 0)::bigint as advances,
    coalesce(sum(stays) filter (where cause = 'stay'), 0)::bigint as sidesteps,
    coalesce(sum(stays) filter (where cause = 'back'), 0)::bigint as falls,
    coalesce(sum(stays) filter (where cause = 'lateral'), 0)::bigint as laterals,
    coalesce(sum(stays) filter (where cause = 'leave'), 0)::bigint as leaves
from (
    from cuts
    union all by name
    from placed
) as lines
group by kind, item_key, cut_microseconds
order by kind, item_key, cut_microseconds
