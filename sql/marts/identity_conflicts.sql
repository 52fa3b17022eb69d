-- model:  marts.identity_conflicts
-- about:  Pairs of identifiers seen together that are not joined, because a customer would get two values of an exclusive kind or a 'never' rule would break. Values are keyed hashes.
-- scope:  global
-- grain:  one row per conflicting pair
-- key:    left_identifier_hash, right_identifier_hash
-- reads:  identity.conflicts
-- column: left_identifier_hash  | varchar   | Keyed hash of the one identifier.
-- column: right_identifier_hash | varchar   | Keyed hash of the other.
-- column: left_kind             | varchar   | Kind of the one.
-- column: right_kind            | varchar   | Kind of the other.
-- column: left_customer_id      | varchar   | Customer the one belongs to; null where only rules name it.
-- column: right_customer_id     | varchar   | Customer the other belongs to; null where only rules name it.
-- column: reason                | varchar   | 'exclusive_kind' or 'never_rule'.
-- column: exclusive_kind        | varchar   | Kind of which a customer would have got two; null for a 'never' rule.
-- column: shared_identifier_hash | varchar  | The one of the two that is a shared device; null where both are exclusive.
-- column: events                | bigint    | Events with both; 0 where only a rule joins them.
-- column: first_seen_at         | timestamp | First event with both, UTC; null where only a rule joins them.

select
    left_identifier_hash,
    right_identifier_hash,
    left_kind,
    right_kind,
    left_customer_id,
    right_customer_id,
    reason,
    exclusive_kind,
    case
        when shared_key = left_key then left_identifier_hash
        when shared_key = right_key then right_identifier_hash
    end as shared_identifier_hash,
    events,
    first_seen_at
from identity.conflicts
order by left_identifier_hash, right_identifier_hash
