-- model:  identity.contested_edges
-- about:  Edges of the raw components that hold two values of an exclusive kind or both ends of a 'never' pair, in the order they are taken.
-- scope:  global
-- grain:  one row per edge of such a component
-- key:    edge_number
-- reads:  identity.edges, identity.raw_components, identity.identifiers, identity.rule_pairs
-- column: edge_number          | bigint  | Counted from 1: manual first, then by first seen, kind ranks, values.
-- column: left_key             | integer | The one with the lesser key.
-- column: right_key            | integer | The one with the greater key.
-- column: is_manual            | boolean | Whether an 'always' rule joins them.
-- column: left_rank            | integer | Rank of the left one's kind.
-- column: right_rank           | integer | Rank of the right one's kind.
-- column: left_exclusive_kind  | varchar | Kind of the left one where it is exclusive, else null.
-- column: right_exclusive_kind | varchar | Kind of the right one where it is exclusive, else null.

with

contested as (
    select raw_components.component_key
    from identity.raw_components
    inner join identity.identifiers
        on raw_components.identifier_key = identifiers.identifier_key
    where identifiers.is_exclusive
    group by raw_components.component_key, identifiers.kind
    having count(*) > 1
    union
    select one.component_key
    from identity.rule_pairs
    inner join identity.raw_components as one on rule_pairs.left_key = one.identifier_key
    inner join identity.raw_components as other on rule_pairs.right_key = other.identifier_key
    where
        rule_pairs.is_never
        and one.component_key = other.component_key
),

described as (
    select
        edges.*,
        one.kind_rank as left_rank,
        other.kind_rank as right_rank,
        one.value as left_value,
        other.value as right_value,
        case when one.is_exclusive then one.kind end as left_exclusive_kind,
        case when other.is_exclusive then other.kind end as right_exclusive_kind,
        one.kind_rank < other.kind_rank
        or (one.kind_rank = other.kind_rank and one.value <= other.value) as is_left_first
    from identity.edges
    inner join identity.raw_components on edges.left_key = raw_components.identifier_key
    inner join contested on raw_components.component_key = contested.component_key
    inner join identity.identifiers as one on edges.left_key = one.identifier_key
    inner join identity.identifiers as other on edges.right_key = other.identifier_key
)

select
    row_number() over (
        order by
            not is_manual,
            first_seen_at nulls last,
            least(left_rank, right_rank),
            greatest(left_rank, right_rank),
            case when is_left_first then left_value else right_value end,
            case when is_left_first then right_value else left_value end,
            left_key,
            right_key
    ) as edge_number,
    left_key,
    right_key,
    is_manual,
    left_rank,
    right_rank,
    left_exclusive_kind,
    right_exclusive_kind
from described
