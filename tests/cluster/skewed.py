"""The simulated shop with what skews a cluster: a hot customer and a giant component."""

from pathlib import Path

import polars as pl

from journeylab.settings import Settings, Source
from journeylab.simulate import write_events

#: Rows of the giant component: thousands of identifiers, more than a customer may have by default.
GIANT_ROWS = 3_000
#: Rows of each further chain: one customer with some two hundred identifiers.
CHAIN_ROWS = 200


def write_skewed(folder: Path, settings: Settings, *, events: int) -> Settings:
    """Write the shop's events, a fifth of them one customer's and a fifth chained.

    Row k of the chained ones carries identifiers that row k - 1 or row k + 1 carries too, so that
    all of a chain are one component.

    Args:
        folder: gets a folder a channel.
        settings: those of the shop.
        events: how many over all channels.

    Returns:
        The settings with these files as their sources, and no bound on a customer's identifiers.
    """
    write_events(folder, seed=11, events=events)
    sources = {}
    for channel in sorted(path.name for path in folder.iterdir() if path.is_dir()):
        for path in sorted((folder / channel).glob("*.parquet")):
            _skew(pl.read_parquet(path)).write_parquet(path)
        sources[channel] = Source(channel=channel, format="contract", path=folder / channel)
    identity = settings.identity.model_copy(update={"max_customer_identifiers": events})
    return settings.model_copy(update={"sources": sources, "identity": identity})


def _skew(events: pl.DataFrame) -> pl.DataFrame:
    row = pl.col("row").cast(pl.Int64)
    link = row // 5
    chain = pl.when(link < GIANT_ROWS).then(0).otherwise(link // CHAIN_ROWS)
    hot = pl.concat_list(_identifier("user_id", pl.lit("hot")))
    chained = pl.concat_list(
        _identifier("anonymous_id", pl.format("chain-{}-{}", chain, link // 2)),
        _identifier("email", pl.format("link-{}-{}@mail.test", chain, (link + 1) // 2)),
    )
    skewed = (
        pl.when(row % 5 == 0)
        .then(hot)
        .when(row % 5 == 1)
        .then(chained)
        .otherwise(pl.col("identifiers"))
    )
    return events.with_row_index("row").with_columns(identifiers=skewed).drop("row")


def _identifier(kind: str, value: pl.Expr) -> pl.Expr:
    return pl.struct(kind=pl.lit(kind), value=value)
