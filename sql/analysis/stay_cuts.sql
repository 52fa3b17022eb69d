-- model:  analysis.stay_cuts
-- about:  What ended between two neighbouring cuts of the stay time: the least that exact curves need. Cuts are the instants at which a stay was still running at the horizon, and some 200 points to draw at.
-- scope:  global
-- grain:  one row per (kind, item_key, cut)
-- key:    kind, item_key, cut_microseconds
-- reads:  analysis.stays, analysis.stage_stays
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

stays as (
    select
        'touchpoint' as kind,
        touchpoint_key::integer as item_key,
        cause,
        stay_microseconds
    from analysis.stays
    union all
    select
        'stage' as kind,
        stage_rank as item_key,
        cause,
        stay_microseconds
    from analysis.stage_stays
    where stay_microseconds is not null
),

lengths as (
    select
        kind,
        item_key,
        greatest(max(stay_microseconds), $journey_timeout_days * 86400000000) as longest
    from stays
    group by kind, item_key
),

marks as (
    select
        kind,
        item_key,
        stay_microseconds as cut_microseconds,
        false as is_point,
        count(*) as running
    from stays
    where cause is null
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

placed as (
    select
        stays.kind,
        stays.item_key,
        stays.cause,
        cuts.cut_microseconds
    from stays
    asof inner join cuts
        on
            stays.kind = cuts.kind
            and stays.item_key = cuts.item_key
            and stays.stay_microseconds <= cuts.cut_microseconds
    where stays.cause is not null
)

select
    cuts.kind,
    cuts.item_key,
    cuts.cut_microseconds,
    any_value(cuts.is_point) as is_point,
    any_value(cuts.running) as running,
    count(*) filter (where placed.cause = 'goal') as goals,
    count(*) filter (where placed.cause = 'loss') as losses,
    count(*) filter (where placed.cause = 'advance') as advances,
    count(*) filter (where placed.cause = 'stay') as sidesteps,
    count(*) filter (where placed.cause = 'back') as falls,
    count(*) filter (where placed.cause = 'lateral') as laterals,
    count(*) filter (where placed.cause = 'leave') as leaves
from cuts
left join placed
    on
        cuts.kind = placed.kind
        and cuts.item_key = placed.item_key
        and cuts.cut_microseconds = placed.cut_microseconds
group by cuts.kind, cuts.item_key, cuts.cut_microseconds
order by cuts.kind, cuts.item_key, cuts.cut_microseconds
