-- model:  analysis.customer_samples
-- about:  The sample each customer is drawn with: 1,024 random groups, so that resampling costs the same for any number of customers.
-- scope:  customer
-- grain:  one row per customer
-- key:    customer_key
-- reads:  identity.customers
-- column: customer_key  | integer   | Customer.
-- column: sample_number | usmallint | 0 to 1,023, by a hash of customer_id.

select
    customer_key,
    (md5_number_lower(customer_id) % 1024)::usmallint as sample_number
from identity.customers
