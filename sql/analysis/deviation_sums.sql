-- model:  analysis.deviation_sums
-- about:  What each customer's settled journeys came to: those with a deviation, those of them that reached the touchpoint it comes after, and all that reached that touchpoint.
-- scope:  global
-- grain:  one row per (part, item, customer)
-- key:    part, item, customer_key
-- reads:  analysis.deviations, analysis.variant_deviations, analysis.settled_variants, analysis.journey_alignments, core.touchpoints
-- column: part          | varchar | 'with' the deviation, 'taken' by it from those that reached its anchor, 'reached' the anchor.
-- column: item          | varchar | Deviation; for 'reached' the anchor.
-- column: customer_key  | integer | Customer.
-- column: journeys      | bigint  | Journeys.
-- column: converted     | bigint  | Converted ones among them.
-- column: timed         | bigint  | Converted ones whose start is known.
-- column: seconds       | double  | Their time to the goal, summed.

with

anchors as (
    select distinct
        deviations.anchor,
        touchpoints.touchpoint_key
    from analysis.deviations
    left join core.touchpoints on deviations.anchor = touchpoints.touchpoint
),

reached as (
    select
        anchors.anchor,
        variants.variant_key
    from analysis.settled_variants as variants
    inner join anchors
        on
            anchors.touchpoint_key is null
            or list_contains(variants.touchpoint_keys, anchors.touchpoint_key)
),

parts as (
    select 'with' as part, item, variant_key from analysis.variant_deviations
    union all
    select 'reached' as part, anchor as item, variant_key from reached
    union all
    select 'taken' as part, told.item, told.variant_key
    from analysis.variant_deviations as told
    inner join analysis.deviations on told.item = deviations.item
    inner join reached
        on deviations.anchor = reached.anchor and told.variant_key = reached.variant_key
)

select
    parts.part,
    parts.item,
    journeys.customer_key,
    count(*) as journeys,
    count(*) filter (where journeys.outcome = 'converted') as converted,
    count(journeys.goal_seconds) as timed,
    coalesce(sum((journeys.goal_seconds * 1e6)::bigint), 0) / 1e6 as seconds
from parts
inner join analysis.journey_alignments as journeys on parts.variant_key = journeys.variant_key
group by parts.part, parts.item, journeys.customer_key
