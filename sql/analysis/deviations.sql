-- model:  analysis.deviations
-- about:  Deviations from the designed map, how often they occur and where.
-- scope:  global
-- grain:  one row per deviation
-- key:    item
-- reads:  analysis.variant_deviations, analysis.journey_alignments
-- column: item        | varchar | Kind and touchpoint, joined.
-- column: kind        | varchar | 'skipped', 'extra', 'back', 'repeat' or 'out_of_order'.
-- column: touchpoint  | varchar | Touchpoint; for a skipped one the step of the map.
-- column: anchor      | varchar | Touchpoint it comes after in most journeys, ties by name; '(start)' for none.
-- column: is_allowed  | boolean | Whether the map's allow-list names it.
-- column: occurrences | bigint  | Times it occurs.
-- column: journeys    | bigint  | Settled journeys that have it.
-- column: customers   | bigint  | Customers of those.

select
    told.item,
    any_value(told.kind) as kind,
    any_value(told.touchpoint) as touchpoint,
    mode(told.anchor order by told.anchor) as anchor,
    any_value(told.is_allowed) as is_allowed,
    sum(told.occurrences)::bigint as occurrences,
    count(*) as journeys,
    count(distinct journeys.customer_key) as customers
from analysis.variant_deviations as told
inner join analysis.journey_alignments as journeys on told.variant_key = journeys.variant_key
group by told.item
