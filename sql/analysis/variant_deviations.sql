-- model:  analysis.variant_deviations
-- about:  The deviations of each path.
-- scope:  global
-- grain:  one row per (path, deviation)
-- key:    variant_key, item
-- reads:  analysis.aligned_variants
-- column: variant_key | bigint  | Path.
-- column: item        | varchar | Kind and touchpoint, joined.
-- column: kind        | varchar | 'skipped', 'extra', 'back', 'repeat' or 'out_of_order'.
-- column: touchpoint  | varchar | Touchpoint; for a skipped one the step of the map.
-- column: anchor      | varchar | Last touchpoint that fitted before it occurred first; '(start)' for none.
-- column: is_allowed  | boolean | Whether the map's allow-list names it.
-- column: occurrences | bigint  | Times it occurs in the path.

with

listed as (
    select
        variant_key,
        unnest(deviations) as deviation,
        generate_subscripts(deviations, 1) as place
    from analysis.aligned_variants
)

select
    variant_key,
    deviation.kind || ' ' || deviation.touchpoint as item,
    any_value(deviation.kind) as kind,
    any_value(deviation.touchpoint) as touchpoint,
    min_by(deviation.anchor, place) as anchor,
    any_value(deviation.is_allowed) as is_allowed,
    count(*) as occurrences
from listed
group by variant_key, deviation.kind || ' ' || deviation.touchpoint
