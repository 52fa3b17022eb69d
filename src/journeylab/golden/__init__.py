"""The golden suite: questions with answers worked out apart from us, and the runner for them."""

from journeylab.golden.asking import Result, ask_all
from journeylab.golden.suite_files import Case, EventSet, read_suite

__all__ = ["Case", "EventSet", "Result", "ask_all", "read_suite"]
