-- model:  analysis.customer_hashes
-- about:  The number by which resampling draws a customer: the same in every run, whatever the order of the data.
-- scope:  customer
-- grain:  one row per customer
-- key:    customer_key
-- reads:  identity.customers
-- column: customer_key  | integer | Customer.
-- column: customer_hash | ubigint | 64 bits of a hash of customer_id.

select
    customer_key,
    md5_number_lower(customer_id) as customer_hash
from identity.customers
order by customer_key
