-- model:  lab.funnel_streamed
-- about:  Events of a plain funnel after one more step: an event that fits it takes the newest chain that is one step shorter and began within the window. Of all chains that one can still go furthest, so the others need not be kept. After step 2 events that no chain can reach any more are left out; later that would cost more than it saves. At a customer's first event stands a chain that began in 1970, so that none runs on from one customer to the next.
-- scope:  global
-- grain:  one row per event that is part of a chain, may still become it, or is its customer's first
-- key:    unit_key, place
-- reads:  lab.funnel_reached
-- params: bit, former_bit
-- column: unit_key | ubigint | Hash of the customer.
-- column: place    | integer | Place among the customer's events.
-- column: fits     | integer | The step it fits, as a bit.
-- column: is_first | boolean | Whether it is the customer's first of these.
-- column: chain    | bigint  | Chain that the event is part of; null for none, or where it fits a later step.
-- column: oldest   | bigint  | Least chain that began within the window before it.

select
    unit_key,
    place,
    fits,
    is_first,
    if(fits = $bit and newest >= oldest, newest, chain) as chain,
    oldest
from (
    select
        unit_key,
        place,
        fits,
        is_first,
        chain,
        oldest,
        last_value(
            case
                when fits = $former_bit and chain is not null then chain
                when is_first then 0
            end
            ignore nulls
        ) over (
            rows between unbounded preceding and current row
        ) as newest
    from funnel_reached
) as asked
where $bit > 2 or is_first or chain is not null or newest >= oldest
