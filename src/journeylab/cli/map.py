"""``journeylab map``: a designed map to start from, derived from what buyers do."""

from pathlib import Path

from journeylab.errors import InputRefused
from journeylab.lab import open as open_lab
from journeylab.settings import load_settings


def map(*, output: Path | None = None, config: Path | None = None) -> None:
    """Print a designed map to start from, derived from what buyers do.

    Args:
        output: Write it to this file instead; one that is there is never changed.
        config: Settings file; journeylab.toml in this folder when not given.
    """
    if output is not None and output.exists():
        raise InputRefused(f"{output} exists and is not overwritten", "--output", "name another")
    with open_lab(load_settings(config).paths.published) as lab:
        text = lab.starter_map()
    if output is None:
        print(text, end="")
        return
    output.write_text(text, encoding="utf-8")
    print(f"wrote {output}")
    print("next: edit it, then: journeylab run")
