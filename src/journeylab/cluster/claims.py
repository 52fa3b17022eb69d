"""Which delivered rows settle each other, and so have to come into one bucket.

Rows settle each other that claim one event id, or that belong to one order. A row's claim is its
order's id where it has one, else its own id, else its source and instant: rows that claim the hash
of their content have these in common where that is equal. Rows of one claim share a bucket. An id
that rows with different claims come with joins these claims, and what hangs together by such ids
is one claim, the least of them.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from journeylab.identity import raw_components
from journeylab.warehouse import Warehouse

#: The joined claims: which claim each of them counts as.
JOINED: Final = "cluster.joined_claims"

#: The order event that a staged row is folded into, as ``staging.rows`` has it.
ORDER: Final = (
    "case when channel = 'purchase' and event_name = 'completed' then 'order:' || order_id"
    " when channel = 'purchase' and event_id is null"
    " then 'order:' || order_id || ':' || event_name end"
)

#: The id that a staged row with an own one claims.
_OWN: Final = "source || ':' || event_id"

#: What a row settles by, as a hash. Two claims of one hash are taken for one, which does no harm.
CLAIM: Final = f"hash(coalesce({ORDER}, {_OWN}, source || '@' || epoch_us(occurred_at), source))"

_TWO_KINDS: Final = """
    select count(*)
    from (select distinct source from query_table($formats, true) where event_id is null)
    semi join (
        select distinct source from query_table($formats, true)
        where regexp_full_match(event_id, '[0-9a-f]{32}')
    ) using (source)
"""

_SHARED_IDS: Final = f"""
    with
    claimed as (
        select hash({_OWN}) as id, {ORDER} is not null as is_of_order, {CLAIM} as claim
        from query_table($formats, true)
        where event_id is not null
    ),
    of_orders as (
        from claimed semi join (select id from claimed where is_of_order) using (id)
    )
    select distinct id, claim
    from of_orders
    semi join (
        select id from of_orders group by id having count(distinct claim) > 1
    ) using (id)
"""


def joined_claims(warehouse: Warehouse, formats: Sequence[str]) -> pl.DataFrame | None:
    """The claims that ids join; None where it cannot be told without hashing all content.

    That is so where rows of one source come without an id, and others with ids that may be hashes
    of content: 32 hexadecimal digits.

    Args:
        warehouse: with the staged formats.
        formats: their names.

    Returns:
        ``claim`` and ``joined``, the claim that it counts as, where that is another.
    """
    told = {"formats": list(formats)}
    if warehouse.scalar(_TWO_KINDS, told):
        return None
    claims = warehouse.frame(_SHARED_IDS, told)
    numbers = claims.select(pl.col("claim").unique().sort()).with_row_index("key")
    keyed = claims.join(numbers, on="claim").with_columns(pl.col("key").cast(pl.Int32))
    edges = keyed.select(pl.col("key").min().over("id").alias("left_key"), right_key="key")
    parts = raw_components(edges).filter(pl.col("identifier_key") != pl.col("component_key"))
    known = numbers["claim"]
    return pl.DataFrame(
        {
            "claim": known.gather(parts["identifier_key"]),
            "joined": known.gather(parts["component_key"]),
        },
        schema={"claim": pl.UInt64, "joined": pl.UInt64},
    )
