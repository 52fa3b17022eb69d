-- model:  marts.check_results
-- about:  Every judged check of every run: what it asserts and how many rows break it.
-- scope:  global
-- grain:  one row per run, table and check
-- key:    run_id, table_name, check_name
-- reads:  ops.check_results
-- column: run_id      | varchar | Run that judged it.
-- column: table_name  | varchar | Table the check is attached to, as the private warehouse names it.
-- column: check_name  | varchar | Name of the check; the row checks of a table are numbered.
-- column: severity    | varchar | 'error' blocks publishing, 'warn' is published with the flag.
-- column: is_passed   | boolean | Whether no row broke it.
-- column: about       | varchar | What the check asserts.
-- column: faulty_rows | bigint  | Rows that break it; 0 when it passed.
-- column: query       | varchar | Query on the private warehouse that returns the faulty rows.

select
    run_id,
    table_name,
    check_name,
    severity,
    faulty_rows = 0 as is_passed,
    about,
    faulty_rows,
    query
from ops.check_results
order by run_id, table_name, check_name
