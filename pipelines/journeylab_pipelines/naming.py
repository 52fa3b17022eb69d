"""Names of steps and tables -> names that Dagster takes."""

import re
import zlib

import dagster as dg


def asset_key(name: str) -> dg.AssetKey:
    """Asset key of a step or table: its name split at the first dot."""
    return dg.AssetKey(name.split(".", 1))


def op_name(name: str) -> str:
    """Name of the op of a step; sources may be named as their owner likes, such as ``web-shop``."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    is_plain = re.fullmatch(r"[A-Za-z0-9_]+\.[A-Za-z0-9_]+", name) is not None
    return plain if is_plain else f"{plain}_{zlib.crc32(name.encode()):08x}"
