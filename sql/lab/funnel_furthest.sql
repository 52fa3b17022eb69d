-- model:  lab.funnel_furthest
-- about:  Customers of a plain funnel, each with the chain that got furthest, of those the one that got there first; for each step a column step_1, step_2, … is added.
-- scope:  global
-- grain:  one row per customer who entered
-- key:    unit_key
-- reads:  lab.funnel_chains
-- params:
-- column: unit_key | ubigint | Hash of the customer.

select unit_key
from funnel_chains
group by unit_key
