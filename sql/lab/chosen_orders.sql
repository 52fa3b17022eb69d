-- model:  lab.chosen_orders
-- about:  What the goals of some journeys were worth, as analysis.kpi_samples has them.
-- scope:  global
-- grain:  one row per journey with a value
-- key:    customer_id, journey_id
-- reads:  marts.journeys, lab.members
-- column: row_number    | bigint        | Where the journey stands in the snapshot.
-- column: customer_id   | varchar       | Customer.
-- column: journey_id    | varchar       | Journey.
-- column: sample_number | usmallint     | Sample of customers, 0 to 1,023, that is drawn whole.
-- column: currency      | varchar       | Currency of the values.
-- column: value         | decimal(18,4) | Gross value.
-- column: value_net     | decimal(18,4) | Value less refunds and cancellations.

select
    journeys.rowid as row_number,
    journeys.customer_id,
    journeys.journey_id,
    (md5_number_lower(journeys.customer_id) % 1024)::usmallint as sample_number,
    journeys.currency,
    journeys.value,
    journeys.value_net
from main.journeys
inner join members on journeys.rowid = members.row_number
where journeys.value is not null
