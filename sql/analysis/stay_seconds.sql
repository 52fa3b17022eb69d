-- model:  analysis.stay_seconds
-- about:  Stays that ended, counted by the second: what curves need but where a cut lies inside one.
-- scope:  sums
-- grain:  one row per (kind, item, cause, second) with stays
-- key:    kind, item_key, cause, second
-- reads:  analysis.stays, analysis.stage_stays
-- column: kind     | varchar | 'touchpoint' or 'stage'.
-- column: item_key | integer | touchpoint_key or stage_rank.
-- column: cause    | varchar | What ended them.
-- column: second   | bigint  | Stay time in seconds, rounded up.
-- column: stays    | bigint  | Stays.
-- check:  error | stays > 0 and second >= 0 | only stays that ended are counted

select
    'touchpoint' as kind,
    touchpoint_key::integer as item_key,
    cause,
    (stay_microseconds + 999999) // 1000000 as second,
    count(*) as stays
from analysis.stays
where cause is not null
group by touchpoint_key, cause, second
union all
select
    'stage' as kind,
    stage_rank as item_key,
    cause,
    (stay_microseconds + 999999) // 1000000 as second,
    count(*) as stays
from analysis.stage_stays
where cause is not null
group by stage_rank, cause, second
