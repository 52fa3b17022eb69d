"""What is asked of a snapshot before anybody does: queries of a URL, the usual ones first."""

from typing import Final

from journeylab.lab import Lab
from journeylab.views import VIEWS, Choices
from journeylab.views.filters import OUTCOMES

#: From so many journeys on a filtered view takes long enough to be asked before somebody does.
LARGE_JOURNEYS: Final = 50_000
#: Views that count journeys anew for each choice of them, those asked most first; what one counts
#: is there for the next of the same choice.
_COUNTS: Final = ("overview", "paths", "drop_offs", "bottlenecks", "back_and_forth", "compare")


def usual_questions(lab: Lab, choices: Choices) -> list[dict[str, str]]:
    """Every view without filters; of a large snapshot the counts by each single filter too."""
    plain = [{"view": view.key} for view in VIEWS]
    if lab.sql("select count(*) from journeys").item() < LARGE_JOURNEYS:
        return plain
    single = [
        *({"ch": name} for name in choices.channels),
        *({"conv": outcome} for outcome in OUTCOMES if outcome != "all"),
        *(
            {"seg": f"{name},{level}"}
            for name, levels in choices.segments.items()
            for level in levels
        ),
    ]
    return plain + [{"view": view, **told} for told in single for view in _COUNTS]
