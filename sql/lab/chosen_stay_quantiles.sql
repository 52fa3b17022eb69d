-- model:  lab.chosen_stay_quantiles
-- about:  No stays, as analysis.stay_quantiles has them: how long they last needs the settings of the run, which a snapshot does not hold.
-- scope:  global
-- grain:  one row per (kind, item): none
-- key:    kind, item_key
-- reads:
-- column: kind             | varchar | 'touchpoint' or 'stage'.
-- column: item_key         | integer | touchpoint_key or stage_rank.
-- column: stay_p50_seconds | double  | Least time by which half of the stays have ended.
-- column: stay_p90_seconds | double  | Least time by which nine in ten have.

select
    null::varchar as kind,
    null::integer as item_key,
    null::double as stay_p50_seconds,
    null::double as stay_p90_seconds
where false
