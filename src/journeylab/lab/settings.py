"""Settings for a frame: what the caller says over the defaults. No file is read unasked."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from journeylab.settings import Paths, Settings, parse_settings

#: A frame has no landing folder: its rates and rules are files only where they are named.
_NO_FILE: Final = Path(os.devnull)


def frame_settings(told: Settings | Mapping[str, Any] | None) -> Settings:
    """Settings for one frame.

    Args:
        told: settings, sections as in ``journeylab.toml``, or None for the defaults.

    Raises:
        SettingsError: a key is unknown, or a value out of range.
    """
    if isinstance(told, Settings):
        return told
    files = {name: _NO_FILE for name in Paths.model_fields if name != "var"}
    if told is None:
        return Settings(paths=Paths(**files))
    paths = {**files, **told.get("paths", {})}
    return parse_settings(
        {**told, "paths": paths}, root=Path.cwd(), where="from_events(settings=…)"
    )
