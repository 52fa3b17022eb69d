"""Names of steps and tables -> names that Dagster takes."""

import dagster as dg


def asset_key(name: str) -> dg.AssetKey:
    """Asset key of a step or table: its name split at the dot."""
    return dg.AssetKey(name.split("."))
