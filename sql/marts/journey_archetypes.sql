-- model:  marts.journey_archetypes
-- about:  The archetype each settled journey is nearest to. A journey of a goal alone has no path and belongs to none.
-- scope:  global
-- grain:  one row per journey
-- key:    journey_id
-- reads:  analysis.journey_clusters, analysis.archetypes, core.journey_ids
-- column: journey_id       | varchar | Journey.
-- column: customer_id      | varchar | Customer.
-- column: archetype_number | integer | Archetype.

select
    journey_ids.journey_id,
    journey_ids.customer_id,
    archetypes.archetype_number
from analysis.journey_clusters as clusters
inner join analysis.archetypes on clusters.cluster = archetypes.cluster
inner join core.journey_ids
    on
        clusters.customer_key = journey_ids.customer_key
        and clusters.journey_number = journey_ids.journey_number
order by journey_ids.customer_id, journey_ids.journey_number
