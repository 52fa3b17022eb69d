-- model:  marts.runs
-- about:  Every run of the warehouse up to this one, which is still 'running' here.
-- scope:  global
-- grain:  one row per run
-- key:    run_id
-- reads:  ops.runs
-- column: run_id      | varchar   | Run, also the name of its snapshot.
-- column: state       | varchar   | 'running', 'published', 'blocked' by a check, 'failed', or 'partial': not asked to publish; a killed run stays 'running'.
-- column: as_of_at    | timestamp | Instant up to which events count, UTC.
-- column: config_hash | varchar   | Hash of all settings and rule files that can change a result.
-- column: started_at  | timestamp | UTC.
-- column: ended_at    | timestamp | UTC; null while running or when killed.

select
    run_id,
    state,
    as_of_at,
    config_hash,
    started_at,
    ended_at
from ops.runs
order by run_id
