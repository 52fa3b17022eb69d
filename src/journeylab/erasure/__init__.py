"""Rows of the forgotten: found by their tombstones, and taken out of raw tables and files."""

from journeylab.erasure.eraser import Erased, Eraser, erasing
from journeylab.erasure.landed import (
    REMOVED,
    cleared,
    holds_text,
    is_rewritten,
    rewrite,
    words_pattern,
)
from journeylab.erasure.matching import hashed

__all__ = [
    "REMOVED",
    "Erased",
    "Eraser",
    "cleared",
    "erasing",
    "hashed",
    "holds_text",
    "is_rewritten",
    "rewrite",
    "words_pattern",
]
