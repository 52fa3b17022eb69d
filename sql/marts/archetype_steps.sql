-- model:  marts.archetype_steps
-- about:  The map of each archetype: the moves its journeys make, from the start to the outcome. Moves under 1 % of those that leave a place are left out, so shares need not add up to 1.
-- scope:  global
-- grain:  one row per (archetype, move)
-- key:    archetype_number, from_node, to_node
-- reads:  analysis.journey_clusters, analysis.archetypes, core.moves
-- column: archetype_number | integer | Archetype.
-- column: from_node        | varchar | Touchpoint left, or '(start)'.
-- column: to_node          | varchar | Touchpoint entered, or '(converted)', '(dropped)'.
-- column: transitions      | bigint  | Times its journeys make the move.
-- column: customers        | bigint  | Different customers who make it in a journey of the archetype.
-- column: share_out        | double  | transitions ÷ all moves of the archetype that leave from_node.
-- column: move_rank        | bigint  | Place by transitions within the archetype, counted from 1.
-- check:  error | share_out > 0 and share_out <= 1 | a share lies in (0, 1]

with

counted as (
    select
        archetypes.archetype_number,
        moves.from_node,
        moves.to_node,
        count(*) as transitions,
        count(distinct moves.customer_key) as customers
    from analysis.journey_clusters as clusters
    inner join analysis.archetypes on clusters.cluster = archetypes.cluster
    inner join core.moves
        on
            clusters.customer_key = moves.customer_key
            and clusters.journey_number = moves.journey_number
    where moves.part = 'before'
    group by archetypes.archetype_number, moves.from_node, moves.to_node
),

shared as (
    select
        counted.*,
        transitions / sum(transitions) over (partition by archetype_number, from_node) as share_out
    from counted
)

select
    shared.archetype_number,
    shared.from_node,
    shared.to_node,
    shared.transitions,
    shared.customers,
    shared.share_out,
    row_number() over (
        partition by shared.archetype_number
        order by shared.transitions desc, shared.from_node, shared.to_node
    ) as move_rank
from shared
where shared.share_out >= 0.01
order by shared.archetype_number, move_rank
