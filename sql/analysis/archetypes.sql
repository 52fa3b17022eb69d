-- model:  analysis.archetypes
-- about:  Clusters numbered by the journeys they hold, ties by the id of their medoid.
-- scope:  global
-- grain:  one row per archetype
-- key:    archetype_number
-- reads:  analysis.journey_clusters, analysis.archetype_model
-- column: archetype_number | integer | Place by size, counted from 1.
-- column: cluster          | integer | Cluster of the model.
-- column: medoid_id        | varchar | Journey of the sample nearest to the middle of the cluster.
-- column: journeys         | bigint  | Settled journeys in it.
-- column: customers        | bigint  | Customers of those.

select
    (row_number() over (order by count(*) desc, any_value(medoids.journey_id)))::integer
        as archetype_number,
    clusters.cluster,
    any_value(medoids.journey_id) as medoid_id,
    count(*) as journeys,
    count(distinct clusters.customer_key) as customers
from analysis.journey_clusters as clusters
inner join analysis.archetype_model as medoids
    on medoids.record = 'medoid' and clusters.cluster = medoids.cluster
group by clusters.cluster
