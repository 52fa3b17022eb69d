-- model:  marts.chain_order
-- about:  How well chains of the first and the second order foretell moves of customers they have not seen, and which to believe.
-- scope:  global
-- grain:  one row per order
-- key:    chain_order
-- reads:  analysis.chain_order
-- column: chain_order     | integer | 1: the next move depends on the current step; 2: on the step before as well.
-- column: states          | bigint  | (start) and the states told apart: touchpoints; for order 2 pairs with at least 30 visits.
-- column: transitions     | bigint  | Settled moves before the goal that were foretold.
-- column: customers       | bigint  | Customers who made them.
-- column: log_likelihood  | double  | Natural log-likelihood per move of one half of the customers by the chain of the other; nearer to 0 is better.
-- column: difference      | double  | That of the second order less that of the first; null for the first.
-- column: low             | double  | Lower bound of the difference at 95 %, by a bootstrap over customers.
-- column: high            | double  | Upper bound.
-- column: is_chosen       | boolean | Whether it is the order to believe: the second when low is above 0, else the first.
-- column: is_insufficient | boolean | Whether fewer than 30 customers stand behind it.
-- column: sentence        | varchar | What that means.

select
    chain_order,
    states,
    transitions,
    customers,
    log_likelihood,
    difference,
    low,
    high,
    is_chosen,
    is_insufficient,
    sentence
from analysis.chain_order
order by chain_order
