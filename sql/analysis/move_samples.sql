-- model:  analysis.move_samples
-- about:  Settled moves before the goal, summed per sample and half of the customers: what the chain is resampled and tried by.
-- scope:  sums
-- grain:  one row per sample, half and (step before, step left, step entered, whether slow)
-- key:    sample_number, is_second_half, previous_key, from_key, to_key, is_slow, is_converted
-- reads:  analysis.customer_moves, analysis.customer_samples
-- column: sample_number  | usmallint | Sample of customers.
-- column: is_second_half | boolean   | Half of the customers.
-- column: previous_key   | usmallint | As in analysis.customer_moves, as all that follow.
-- column: from_key       | usmallint | Touchpoint left.
-- column: to_key         | usmallint | Touchpoint entered next; null where the journey ended.
-- column: is_slow        | boolean   | Whether the wait was long; null where the journey ended or there is no reference.
-- column: is_converted   | boolean   | Whether the journey ended in the goal; null where it went on.
-- column: transitions    | bigint    | Times made.
-- column: microseconds   | bigint    | Their times, summed.
-- check:  error | transitions > 0 and microseconds >= 0 | only moves made are counted

select
    samples.sample_number,
    samples.is_second_half,
    moves.previous_key,
    moves.from_key,
    moves.to_key,
    moves.is_slow,
    moves.is_converted,
    sum(moves.transitions)::bigint as transitions,
    sum(moves.microseconds)::bigint as microseconds
from analysis.customer_moves as moves
inner join analysis.customer_samples as samples on moves.customer_key = samples.customer_key
group by
    samples.sample_number,
    samples.is_second_half,
    moves.previous_key,
    moves.from_key,
    moves.to_key,
    moves.is_slow,
    moves.is_converted
