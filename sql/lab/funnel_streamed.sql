-- model:  lab.funnel_streamed
-- about:  Events of a plain funnel after one more step: an event that fits it takes the newest chain that is one step shorter and began within the window. Of all chains that one can still go furthest, so the others need not be kept.
-- scope:  global
-- grain:  one row per event that fits a step
-- key:    unit_number, place
-- reads:  lab.funnel_reached
-- params: bit, window_us
-- column: unit_number | integer | Customer.
-- column: place       | bigint  | Place among the customer's events.
-- column: fits        | integer | The step it fits, as a bit.
-- column: clock_us    | bigint  | The clock.
-- column: chain_us    | bigint  | When the chain began that the event is part of; null for none, or for a later step.
-- column: start_us    | bigint  | The same where the event fits this step; else null.

select
    unit_number,
    place,
    fits,
    clock_us,
    coalesce(chain_us, if(fits = $bit and clock_us - newest_us <= $window_us, newest_us, null))
        as chain_us,
    if(fits = $bit and clock_us - newest_us <= $window_us, newest_us, null) as start_us
from (
    select
        unit_number,
        place,
        fits,
        clock_us,
        chain_us,
        max(start_us) over (rows between unbounded preceding and current row) as newest_us
    from funnel_reached
) as asked
