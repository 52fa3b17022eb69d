"""Path patterns: how they are written, read, and turned into regular expressions."""

from journeylab.patterns.letters import FIRST_LETTER, FIRST_WAIT, Spelling, spelling
from journeylab.patterns.parsing import parse_pattern, quoted_name
from journeylab.patterns.parts import ANCHORS, Anchor, Pattern, Step, Wait

__all__ = [
    "ANCHORS",
    "FIRST_LETTER",
    "FIRST_WAIT",
    "Anchor",
    "Pattern",
    "Spelling",
    "Step",
    "Wait",
    "parse_pattern",
    "quoted_name",
    "spelling",
]
