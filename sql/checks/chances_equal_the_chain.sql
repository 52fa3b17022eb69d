-- on:       marts.chances
-- severity: error
-- about:    The chances to convert with intervals are those of the graph's chain, node by node.
select
    coalesce(chances.node, chain.node) as node,
    chances.p_convert,
    chain.p_convert as chain_p_convert
from analysis.chances
full join analysis.chain on chances.node = chain.node
where
    chances.p_convert is null
    or chain.p_convert is null
    or abs(chances.p_convert - chain.p_convert) > 1e-8
