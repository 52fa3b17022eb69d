-- model:  lab.funnel_streamed
-- about:  Events of a plain funnel after one more step: an event that fits it takes the newest chain that is one step shorter and began within the window. Of all chains that one can still go furthest, so the others need not be kept; nor need events that no chain can reach any more.
-- scope:  global
-- grain:  one row per event that is part of a chain, may still become it, or is its customer's first
-- key:    unit_key, place
-- reads:  lab.funnel_reached
-- params: bit, window_us
-- column: unit_key    | ubigint | Hash of the customer.
-- column: place       | integer | Place among the customer's events.
-- column: fits        | integer | The step it fits, as a bit.
-- column: occurred_us | bigint  | Microseconds since 1970.
-- column: is_first    | boolean | Whether it is the customer's first of these.
-- column: chain       | bigint  | Chain that the event is part of; null for none, or where it fits a later step.
-- column: start       | bigint  | The same where the event fits this step; 0 at a customer's first event; else null.

select
    unit_key,
    place,
    fits,
    occurred_us,
    is_first,
    if(fits = $bit and occurred_us - (newest >> 11) <= $window_us, newest, chain) as chain,
    case
        when is_first then 0
        when fits = $bit and occurred_us - (newest >> 11) <= $window_us then newest
    end as start
from (
    select
        unit_key,
        place,
        fits,
        occurred_us,
        is_first,
        chain,
        last_value(start ignore nulls) over (
            rows between unbounded preceding and current row
        ) as newest
    from funnel_reached
) as asked
where is_first or chain is not null or occurred_us - (newest >> 11) <= $window_us
