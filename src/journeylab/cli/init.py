"""``journeylab init``: commented settings and touchpoint rules to start from."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from journeylab.errors import SettingsError

_STARTERS: Final = ("journeylab.toml", "touchpoints.toml")


def init(folder: Path = Path(), /) -> None:
    """Write commented settings and touchpoint rules to start from.

    Args:
        folder: Where to write them; made when missing. A file that is there is never changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in _STARTERS:
        if (folder / name).exists():
            raise SettingsError(
                f"{name} exists and is not overwritten", str(folder), "choose another folder"
            )
    for name in _STARTERS:
        text = (files("journeylab") / "starter" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
        print(f"wrote {folder / name}")
    print("next: name your sources in journeylab.toml, then: journeylab doctor")
