-- model:  lab.funnel_chains
-- about:  Chains of a plain funnel; for each step a column step_1, step_2, … is added.
-- scope:  global
-- grain:  one row per customer and chain
-- key:    unit_key, chain
-- reads:  lab.funnel_reached
-- params:
-- column: unit_key | ubigint | Hash of the customer.
-- column: chain    | bigint  | The chain.
-- column: reached  | bigint  | How far it got, and there first: the last step × 2^32 - place of its first event.

select
    unit_key,
    chain,
    max(((bit_count(fits - 1) + 1)::bigint << 32) - place) as reached
from funnel_reached
where chain is not null
group by unit_key, chain
