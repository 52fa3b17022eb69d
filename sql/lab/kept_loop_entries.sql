-- model:  lab.kept_loop_entries
-- about:  How often each journey walked each loop from each touchpoint, by sample of customers, sorted.
-- scope:  global
-- grain:  one row per (loop, touchpoint, journey), by sample of customers
-- key:    keys, touchpoint_key, customer_key, journey_number
-- reads:  core.loop_walks, analysis.customer_samples
-- params:
-- column: keys           | varchar   | Codes of its touchpoints, joined by commas.
-- column: touchpoint_key | usmallint | Touchpoint it was entered by.
-- column: sample_number  | usmallint | Sample of customers.
-- column: customer_key   | integer   | Customer.
-- column: journey_number | integer   | Journey of the customer.
-- column: occurrences    | bigint    | Walks.

select
    array_to_string(walks.loop_keys, ',') as keys,
    walks.entered_touchpoint_key as touchpoint_key,
    any_value(samples.sample_number) as sample_number,
    walks.customer_key,
    walks.journey_number,
    count(*) as occurrences
from core.loop_walks as walks
inner join analysis.customer_samples as samples on walks.customer_key = samples.customer_key
group by keys, walks.entered_touchpoint_key, walks.customer_key, walks.journey_number
order by keys, touchpoint_key, sample_number, walks.customer_key, walks.journey_number
