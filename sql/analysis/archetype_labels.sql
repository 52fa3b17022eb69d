-- model:  analysis.archetype_labels
-- about:  What tells each archetype from the other journeys: the labels of the touchpoints that more of its journeys visit.
-- scope:  global
-- grain:  one row per archetype
-- key:    archetype_number
-- reads:  analysis.journey_clusters, analysis.archetypes, core.steps, core.touchpoints
-- column: archetype_number | integer   | Archetype.
-- column: label            | varchar   | Labels of at most three such touchpoints; followed by its number where two archetypes share them.
-- column: touchpoints      | varchar[] | The touchpoints, most distinctive first.

with

reached as (
    select
        archetypes.archetype_number,
        any_value(archetypes.journeys) as members,
        steps.touchpoint_key,
        count(*) as journeys
    from analysis.journey_clusters as clusters
    inner join analysis.archetypes on clusters.cluster = archetypes.cluster
    inner join core.steps
        on
            clusters.customer_key = steps.customer_key
            and clusters.journey_number = steps.journey_number
    where steps.part = 'before' and not steps.is_return
    group by archetypes.archetype_number, steps.touchpoint_key
),

everybody as (
    select sum(journeys) as journeys
    from analysis.archetypes
),

compared as (
    select
        reached.archetype_number,
        touchpoints.touchpoint,
        touchpoints.label,
        reached.journeys / reached.members
        - (sum(reached.journeys) over (partition by reached.touchpoint_key) - reached.journeys)
        / (everybody.journeys - reached.members) as surplus
    from reached
    inner join core.touchpoints on reached.touchpoint_key = touchpoints.touchpoint_key
    inner join everybody on true
    where not touchpoints.is_goal
),

distinctive as (
    select
        archetype_number,
        touchpoint,
        label,
        surplus
    from compared
    where surplus >= 0.1
    qualify row_number() over (partition by archetype_number order by surplus desc, touchpoint) <= 3
),

named as (
    select
        archetypes.archetype_number,
        coalesce(
            string_agg(compared.label, ', ' order by compared.surplus desc, compared.touchpoint),
            'Nothing in particular'
        ) as label,
        coalesce(
            list(compared.touchpoint order by compared.surplus desc, compared.touchpoint) filter (
                where compared.touchpoint is not null
            ),
            []
        ) as touchpoints
    from analysis.archetypes
    left join distinctive as compared
        on archetypes.archetype_number = compared.archetype_number
    group by archetypes.archetype_number
)

select
    named.archetype_number,
    if(
        count(*) over (partition by named.label) > 1,
        named.label || ' (' || named.archetype_number || ')', named.label
    ) as label,
    named.touchpoints
from named
