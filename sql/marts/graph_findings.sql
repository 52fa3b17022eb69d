-- model:  marts.graph_findings
-- about:  What graph theory finds in the settled journeys before the goal: places people circle in, touchpoints no buyer avoids, the narrowest gate, the most walked paths, communities, hubs and crossings.
-- scope:  global
-- grain:  one row per finding
-- key:    kind, rank
-- reads:  analysis.graph_findings, analysis.customer_visits, core.touchpoints
-- column: kind            | varchar   | 'circling_place': touchpoints each of which leads to every other, over edges that at least 20, 10, 5, 2 or 1 % of the settled journeys took (the sentence says which; those held together by the most come first); 'unavoidable_touchpoint': every way of the graph from (start) to (converted) passes it, in the order they are passed; 'narrowest_gate': the set of touchpoints, goals aside, that every way passes and that the fewest settled journeys reached; 'walked_path': a path to the goal, loops erased; 'community': touchpoints among which most moves stay; 'hub': great PageRank; 'crossing': great betweenness.
-- column: rank            | bigint    | Place among its kind, counted from 1.
-- column: touchpoints     | varchar[] | Touchpoints it is about: in the order walked for paths, else most visited first.
-- column: figure          | double    | 'circling_place': moves among them that return; 'unavoidable_touchpoint': journeys that reached it; 'narrowest_gate': journeys that reached it, summed over its touchpoints; 'walked_path': converted journeys that walked it; 'community': share of the moves out of its touchpoints to others that stay inside; 'hub': PageRank; 'crossing': betweenness. All over settled journeys.
-- column: unit            | varchar   | 'returns', 'journeys' or 'share'.
-- column: n               | bigint    | What it is over: moves among them; settled journeys; converted ones for paths; moves out of them for communities; visits for hubs and crossings.
-- column: customers       | bigint    | Customers who visited one of its touchpoints in settled journeys; for paths those who walked it.
-- column: is_insufficient | boolean   | Whether fewer than 30 customers stand behind it.
-- column: sentence        | varchar   | What it says in plain words.
-- column: evidence        | varchar   | Query to this snapshot; the first value of its row is the figure.

with

numbered as (
    select
        kind,
        rank,
        touchpoints,
        row_number() over (order by kind, rank) - 1 as number
    from analysis.graph_findings
    where customers is null
),

-- The findings that a touchpoint is among are bits of numbers, 64 to each; what a customer visited
-- comes to few different numbers, and every finding is counted over these.
members as (
    select
        touchpoints.touchpoint_key,
        numbered.number // 64 as block,
        bit_or(1::ubigint << (numbered.number % 64)) as bits
    from numbered
    inner join core.touchpoints on list_contains(numbered.touchpoints, touchpoints.touchpoint)
    group by touchpoints.touchpoint_key, block
),

alike as (
    select
        block,
        bits,
        count(*) as customers
    from (
        select
            members.block,
            bit_or(members.bits) as bits
        from analysis.customer_visits as visits
        inner join members on visits.touchpoint_key = members.touchpoint_key
        group by visits.customer_key, members.block
    ) as by_customer
    group by block, bits
),

visitors as (
    select
        numbered.kind,
        numbered.rank,
        sum(alike.customers)::bigint as customers
    from numbered
    inner join alike
        on numbered.number // 64 = alike.block and alike.bits >> (numbered.number % 64) & 1 = 1
    group by numbered.kind, numbered.rank
)

select
    findings.kind,
    findings.rank,
    findings.touchpoints,
    findings.figure,
    findings.unit,
    findings.n,
    coalesce(findings.customers, visitors.customers, 0) as customers,
    coalesce(findings.customers, visitors.customers, 0) < 30 as is_insufficient,
    findings.sentence,
    findings.evidence
from analysis.graph_findings as findings
left join visitors on findings.kind = visitors.kind and findings.rank = visitors.rank
order by findings.kind, findings.rank
