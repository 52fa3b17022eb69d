-- model:  analysis.deviation_times
-- about:  Times to the goal of customers whose journeys have a deviation or reached the touchpoint it comes after: what resampling draws from.
-- scope:  global
-- grain:  one row per (part, item, customer)
-- key:    part, item, customer_hash
-- reads:  analysis.deviation_sums, identity.customers
-- column: part          | varchar  | 'with', 'taken' or 'reached', as in analysis.deviation_sums.
-- column: item          | varchar  | Deviation or anchor.
-- column: customer_hash | ubigint  | 64 bits of a hash of customer_id.
-- column: journeys      | bigint   | Converted journeys whose start is known.
-- column: seconds       | double   | Their time to the goal, summed.

select
    sums.part,
    sums.item,
    md5_number_lower(customers.customer_id) as customer_hash,
    sums.timed as journeys,
    sums.seconds
from analysis.deviation_sums as sums
inner join identity.customers on sums.customer_key = customers.customer_key
where sums.timed > 0
order by sums.part, sums.item, customer_hash
