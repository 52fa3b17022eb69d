"""journeylab reconstructs the journeys customers really take.

The names below are the library; each is loaded when it is first used, so that
``import journeylab`` costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from journeylab import errors, figures
    from journeylab.lab import Exclusion, Funnel, Lab, Step, from_events, open

    __version__: str

__all__ = [
    "Exclusion",
    "Funnel",
    "Lab",
    "Step",
    "__version__",
    "errors",
    "figures",
    "from_events",
    "open",
]

_HOMES: Final = {
    "Exclusion": "journeylab.lab",
    "Funnel": "journeylab.lab",
    "Lab": "journeylab.lab",
    "Step": "journeylab.lab",
    "from_events": "journeylab.lab",
    "open": "journeylab.lab",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type of whichever name is asked for
    if name in _HOMES:
        found = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in ("errors", "figures"):
        found = importlib.import_module(f"journeylab.{name}")
    elif name == "__version__":
        found = importlib.import_module("importlib.metadata").version("journeylab")
    else:
        raise AttributeError(f"module 'journeylab' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
