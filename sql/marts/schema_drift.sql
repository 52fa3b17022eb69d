-- model:  marts.schema_drift
-- about:  Columns and keys that a source delivers and its format does not name; their values are kept in properties.
-- scope:  global
-- grain:  one row per (source, column_name)
-- key:    source, column_name
-- reads:  ops.schema_drift
-- column: source      | varchar | Source as named in the settings.
-- column: column_name | varchar | Column or top-level key.
-- column: column_type | varchar | Type it was read as in the first file that had it.
-- column: first_file  | varchar | First file that had it.
-- column: deliveries  | bigint  | Files that had it.

select
    source,
    column_name,
    column_type,
    first_file,
    deliveries
from ops.schema_drift
order by source, column_name
