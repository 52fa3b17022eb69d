-- model:  analysis.kpi_amounts
-- about:  The amounts of analysis.kpi_samples, equal ones counted: all that resampling needs, in a few bytes a row.
-- scope:  global
-- grain:  one row per (item, sample of customers, amount)
-- key:    item_number, sample_number, amount
-- reads:  analysis.kpi_samples, analysis.kpi_items, analysis.customer_samples
-- column: item_number   | usmallint | Item of analysis.kpi_items.
-- column: sample_number | usmallint | Sample of customers, 0 to 1,023.
-- column: amount        | double    | Amount of a journey or conversation.
-- column: n             | uinteger  | Journeys or conversations of this amount.

select
    items.item_number,
    samples.sample_number,
    amounts.amount,
    count(*)::uinteger as n
from analysis.kpi_samples as amounts
inner join analysis.kpi_items as items
    on amounts.kpi = items.kpi and amounts.currency is not distinct from items.currency
inner join analysis.customer_samples as samples on amounts.customer_key = samples.customer_key
group by items.item_number, samples.sample_number, amounts.amount
