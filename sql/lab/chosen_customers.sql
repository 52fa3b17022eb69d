-- model:  lab.chosen_customers
-- about:  Customers of chosen journeys as identity.customers has them, so that models which draw customers at random run on them: the draws are those of the run.
-- scope:  global
-- grain:  one row per customer
-- key:    customer_key
-- reads:  chosen
-- column: customer_key | integer | Customer.
-- column: customer_id  | varchar | Keyed hash by which draws tell customers apart.

select distinct
    customer_key,
    customer_id
from chosen
order by customer_key
