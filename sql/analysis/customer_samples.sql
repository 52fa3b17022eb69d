-- model:  analysis.customer_samples
-- about:  Which of 1,024 random samples each customer is in. Resampling draws samples whole: at the same accuracy, its cost does not grow with the customers. And which half of the customers, where what one half teaches is tried on the other.
-- scope:  customer
-- grain:  one row per customer
-- key:    customer_key
-- reads:  identity.customers
-- params: seed
-- column: customer_key   | integer   | Customer.
-- column: sample_number  | usmallint | 0 to 1,023, by a hash of customer_id.
-- column: is_second_half | boolean   | By a hash of seed, purpose and customer_id.

select
    customer_key,
    (md5_number_lower(customer_id) % 1024)::usmallint as sample_number,
    md5_number_lower($seed::varchar || '|chain_order|' || customer_id) % 2 = 1 as is_second_half
from identity.customers
