"""Answers kept by the text of their question, the longest unasked going first."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Remembered(Generic[Answer]):
    """What was made for the last questions, for the threads of one process.

    Args:
        most: answers kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._given: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, question: str, make: Callable[[], Answer]) -> Answer:
        """The answer to a question; ``make`` gives it where it is not known."""
        with self._lock:
            if question in self._given:
                self._given.move_to_end(question)
                return self._given[question]
        made = make()
        with self._lock:
            self._given[question] = made
            while len(self._given) > self._most:
                self._given.popitem(last=False)
        return made

    def forget(self) -> None:
        """Know no answer any more."""
        with self._lock:
            self._given.clear()
