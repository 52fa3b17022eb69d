-- on:       staging.row_counts
-- severity: warn
-- about:    Few rows of a source are duplicates; many hint at an export that overlaps or at an id that is none.
-- params:   max_duplicate_share

select
    source,
    rows_in,
    duplicates,
    conflicting_duplicates
from staging.row_counts
where duplicates > $max_duplicate_share * rows_in
