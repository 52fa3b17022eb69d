-- model:  marts.clock
-- about:  The instants and the rule by which questions tell what is over and what may still change.
-- scope:  global
-- grain:  one row
-- key:    horizon_at
-- reads:  core.horizon
-- params: journey_timeout_days, assume_complete, reporting_timezone
-- column: first_event_at       | timestamp | First event of the data, bots left out, UTC; null without events.
-- column: horizon_at           | timestamp | Instant up to which the data is complete, UTC; null without events.
-- column: settled_before_at    | timestamp | Journeys that ended before it are settled, UTC: the journey timeout before the horizon, or right after the horizon where the log is taken as finished.
-- column: journey_timeout_days | integer   | Silence after which a journey is over.
-- column: is_finished          | boolean   | Whether the log is taken as finished, so that every journey counts as settled.
-- column: reporting_timezone   | varchar   | Zone in which days, weeks and months are cut.

select
    first_event_at,
    horizon_at,
    if(
        $assume_complete,
        horizon_at + to_microseconds(1),
        horizon_at - to_days($journey_timeout_days)
    ) as settled_before_at,
    $journey_timeout_days::integer as journey_timeout_days,
    $assume_complete as is_finished,
    $reporting_timezone::varchar as reporting_timezone
from core.horizon
