-- model:  analysis.settled_variants
-- about:  Distinct paths of settled journeys, each held against the map once.
-- scope:  global
-- grain:  one row per path
-- key:    variant_key
-- reads:  analysis.settled_paths
-- column: variant_key     | bigint      | Number of the path, in the order of the paths; never published.
-- column: touchpoint_keys | usmallint[] | Its touchpoints in order.

select
    row_number() over (order by touchpoint_keys) as variant_key,
    touchpoint_keys
from analysis.settled_paths
group by touchpoint_keys
