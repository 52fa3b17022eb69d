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

-- A number for kind and item, below 0 for stages: by texts, joining and sorting stays take twice as long.
running as (
    select
        stays.touchpoint_key::integer as line,
        greatest(stays.stay_microseconds, epoch_us(horizon.horizon_at) - epoch_us(stays.began_at))
            as stay_microseconds
    from analysis.stays
    inner join core.horizon on true
    where stays.cause is null
    union all
    select
        -stays.stage_rank as line,
        greatest(stays.stay_microseconds, epoch_us(horizon.horizon_at) - epoch_us(stays.began_at))
            as stay_microseconds
    from analysis.stage_stays as stays
    inner join core.horizon on true
    where stays.began_at is not null
),

lengths as (
    select
        line,
        greatest(max(stay_microseconds), $journey_timeout_days * 86400000000) as longest
    from (
        select
            touchpoint_key::integer as line,
            max(stay_microseconds) as stay_microseconds
        from analysis.stays
        group by touchpoint_key
        union all
        select
            -stage_rank as line,
            max(stay_microseconds) as stay_microseconds
        from analysis.stage_stays
        where stay_microseconds is not null
        group by stage_rank
        union all
        from running
    ) as longest
    group by line
),

marks as (
    select
        line,
        stay_microseconds as cut_microseconds,
        false as is_point,
        count(*) as running
    from running
    group by line, stay_microseconds
    union all
    select
        line,
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
        line,
        cut_microseconds,
        bool_or(is_point) as is_point,
        sum(running)::bigint as running
    from marks
    group by line, cut_microseconds
),

-- Seconds with a cut inside: only of those the stays are placed one by one, others by the second.
split as (
    select distinct
        line,
        cut_microseconds // 1000000 + 1 as second
    from cuts
    where cut_microseconds % 1000000 > 0
),

ended as (
    select
        touchpoint_key::integer as line,
        cause,
        stay_microseconds
    from analysis.stays
    where cause is not null
    union all
    select
        -stage_rank as line,
        cause,
        stay_microseconds
    from analysis.stage_stays
    where cause is not null
),

seconds as (
    select
        if(kind = 'touchpoint', item_key, -item_key) as line,
        cause,
        second,
        stays
    from analysis.stay_seconds
),

counted as (
    select
        seconds.line,
        seconds.cause,
        seconds.second * 1000000 as upto_microseconds,
        seconds.stays
    from seconds
    anti join split on seconds.line = split.line and seconds.second = split.second
    union all
    select
        ended.line,
        ended.cause,
        ended.stay_microseconds as upto_microseconds,
        1 as stays
    from ended
    semi join split
        on
            ended.line = split.line
            and (ended.stay_microseconds + 999999) // 1000000 = split.second
),

placed as (
    select
        counted.line,
        counted.cause,
        cuts.cut_microseconds,
        counted.stays
    from counted
    asof inner join cuts
        on counted.line = cuts.line and counted.upto_microseconds <= cuts.cut_microseconds
)

select
    if(line >= 0, 'touchpoint', 'stage') as kind,
    abs(line) as item_key,
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
group by line, cut_microseconds
order by kind, item_key, cut_microseconds
