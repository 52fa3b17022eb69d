"""The effort file -> how hard each touchpoint is to change. Names, no data."""

import tomllib
from typing import Final

import polars as pl

from journeylab.errors import SettingsError, nearest
from journeylab.settings import Settings

EFFORTS: Final = ("low", "medium", "high")


def effort_table(settings: Settings) -> pl.DataFrame:
    """Efforts of the effort file, ``"<touchpoint>" = "low"``; empty where there is none.

    Args:
        settings: ``paths.effort`` names the file.

    Returns:
        ``touchpoint`` and ``effort``, sorted by touchpoint. A touchpoint that is not named
        takes medium effort.

    Raises:
        SettingsError: not TOML, or an effort that is not low, medium or high.
    """
    path = settings.paths.effort
    if not path.is_file():
        return pl.DataFrame(schema={"touchpoint": pl.String, "effort": pl.String})
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not TOML: {error}", str(path), "mend the line it names") from error
    for touchpoint, effort in told.items():
        if effort not in EFFORTS:
            raise SettingsError(
                f"effort is {effort!r}", f"{path}, {touchpoint!r}", nearest(str(effort), EFFORTS)
            )
    return pl.DataFrame(
        sorted(told.items()), schema={"touchpoint": pl.String, "effort": pl.String}, orient="row"
    )
