-- model:  marts.deliveries
-- about:  Every delivered file ever seen, whether loaded or set aside whole.
-- scope:  global
-- grain:  one row per source and file content
-- key:    source, sha256
-- reads:  ops.deliveries
-- column: source        | varchar   | Source as named in the settings.
-- column: file_name     | varchar   | Name of the file when it was first seen.
-- column: sha256        | varchar   | Hash of its bytes; the same bytes are loaded once.
-- column: bytes         | bigint    | Size in bytes.
-- column: state         | varchar   | 'loaded'; 'expired' when all its rows have passed the age that raw rows are kept; 'set_aside' when the whole file was refused; 'repeated' when it held, packed in another way, what was loaded before.
-- column: reason_code   | varchar   | Why it was set aside; null when loaded. The sentence may quote the file, so it stays in the private warehouse (ops.deliveries).
-- column: rows_read     | bigint    | Records found in the file; 0 when set aside.
-- column: rows_loaded   | bigint    | Records loaded.
-- column: rows_rejected | bigint    | Records that could not be read.
-- column: rows_expired  | bigint    | Records that went since, because they had passed the age that raw rows are kept.
-- column: run_id        | varchar   | Run that loaded it or set it aside.
-- column: loaded_at     | timestamp | Start of that run, UTC.

select
    source,
    file_name,
    sha256,
    bytes,
    state,
    reason_code,
    rows_read,
    rows_loaded,
    rows_rejected,
    coalesce(rows_expired, 0) as rows_expired,
    run_id,
    loaded_at
from ops.deliveries
order by loaded_at, source, file_name, sha256
