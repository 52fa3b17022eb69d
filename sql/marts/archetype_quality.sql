-- model:  marts.archetype_quality
-- about:  Whether journeys fall into kinds at all: how far apart the clusters lie and whether they return when customers are resampled, per number of clusters tried.
-- scope:  global
-- grain:  one row per number of clusters tried, or one row where none was
-- key:    archetypes
-- reads:  analysis.archetype_model
-- column: archetypes       | integer | Number of clusters tried; null where there was too little to try.
-- column: sampled_journeys | bigint  | Settled journeys the clusters were sought in, at most 20,000, drawn by a hash.
-- column: silhouette_mean  | double  | Mean silhouette in [-1, 1] of at most 2,500 of them; under 0.25 there is no structure.
-- column: jaccard_mean     | double  | Mean likeness in [0, 1] of clusters found in 20 resamples of the customers of those; under 0.6 there is no structure. Null where the silhouette already says so.
-- column: is_chosen        | boolean | Whether this number was taken.
-- column: is_structured    | boolean | Whether any number was taken: without, the tables of archetypes are empty.
-- column: verdict          | varchar | The same in a sentence.

with

told as (
    select
        max(value) filter (where record = 'journeys')::bigint as journeys,
        max(archetypes) filter (where record = 'chosen') as chosen,
        count(*) filter (where record = 'silhouette') > 0 as is_tried
    from analysis.archetype_model
),

tried as (
    select
        archetypes,
        max(value) filter (where record = 'silhouette') as silhouette_mean,
        max(value) filter (where record = 'jaccard') as jaccard_mean
    from analysis.archetype_model
    where record in ('silhouette', 'jaccard')
    group by archetypes
)

select
    tried.archetypes,
    told.journeys as sampled_journeys,
    tried.silhouette_mean,
    tried.jaccard_mean,
    coalesce(tried.archetypes = told.chosen, false) as is_chosen,
    told.chosen is not null as is_structured,
    case
        when not told.is_tried and told.journeys < 200
            then 'Not tried: ' || told.journeys || ' settled journeys are too few; 200 are needed.'
        when not told.is_tried then 'No structure: nearly all journeys go the same few ways.'
        when told.chosen is null
            then 'No structure: no number of kinds from 4 to 8 is both well apart and stable.'
        else 'Journeys fall into ' || told.chosen || ' kinds.'
    end as verdict
from told
left join tried on true
order by tried.archetypes
