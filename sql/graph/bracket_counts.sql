-- model:  graph.bracket_counts
-- about:  How many journeys begin and end at the bracketed nodes of the transition graph, and whose.
-- scope:  sums
-- grain:  one row per (part, node)
-- key:    part, node
-- reads:  core.moves
-- column: part              | varchar | 'before' or 'after' the goal.
-- column: node              | varchar | '(start)', '(converted)', '(dropped)', '(open)' or '(end)'.
-- column: journeys          | bigint  | Journeys that pass.
-- column: journeys_settled  | bigint  | Settled ones among them.
-- column: customers         | bigint  | Customers of those journeys.
-- column: customers_settled | bigint  | Customers of the settled ones.

with

bracketed as (
    select part, from_node as node, customer_key, is_settled
    from core.moves
    where from_node in ('(start)', '(converted)')
    union all
    select part, to_node as node, customer_key, is_settled
    from core.moves
    where to_node in ('(converted)', '(dropped)', '(open)', '(end)')
)

select
    part,
    node,
    count(*) as journeys,
    count(*) filter (where is_settled) as journeys_settled,
    count(distinct customer_key) as customers,
    count(distinct customer_key) filter (where is_settled) as customers_settled
from bracketed
group by part, node
order by part desc, node
