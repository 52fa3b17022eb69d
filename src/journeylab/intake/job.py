"""What the loading of one file carries from step to step. Does nothing itself."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from journeylab.errors import DeliveryRefused
from journeylab.intake import deliveries, read
from journeylab.intake.deliveries import Delivery
from journeylab.intake.records import Record
from journeylab.intake.shapes import Shape
from journeylab.settings import Source
from journeylab.warehouse import Warehouse


class Finish(Protocol):
    """Judges and records a loaded delivery, inside the transaction."""

    def __call__(
        self,
        loaded: int,
        rejected: int,
        unnamed: dict[str, str],
        content_sha256: str | None = None,
    ) -> Delivery:
        """Take rows loaded, rows rejected, unnamed columns with types, hash of what was packed."""


class Repeated(Exception):
    """The content was loaded before, packed in another way; the argument is its hash."""


#: Called inside the transaction with the job and the copy of its file; returns how many loaded
#: and how many rejected rows of the forgotten it took out of both.
Erase = Callable[["Job", Path], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Job:
    """One file on its way into the warehouse."""

    warehouse: Warehouse
    source_name: str
    source: Source
    shape: Shape
    file_name: str
    delivery_key: int
    known_contents: Container[str] = ()

    @property
    def bound(self) -> dict[str, object]:
        """Values every insert binds."""
        return {"source": self.source_name, "delivery_key": self.delivery_key}

    def insert(self, rows: str, columns: dict[str, str], *, strict: bool) -> int:
        """Run the insert of ``read`` over rows and return how many it wrote."""
        statement = read.insert(self.shape, rows, columns, strict=strict)
        return int(self.warehouse.scalar(statement, self.bound))

    def reject_faults(self, rows: str, columns: dict[str, str]) -> int:
        """Reject the rows the careful insert leaves out, and return how many."""
        found = self.warehouse.rows(read.faults(self.shape, rows, columns))
        faulty = (Record(number, raw, code, reason) for number, code, reason, raw in found)
        return deliveries.reject(self.warehouse, self.delivery_key, faulty)

    def lacks(self, missing: list[str], has: Iterable[str], hint: str = "") -> DeliveryRefused:
        """The error for a file without a required column: what it has and what it needs."""
        shown = ", ".join(name[:100] for name in islice(has, 50))
        return DeliveryRefused.because(
            "missing_columns",
            f"lacks {', '.join(missing)}; it has: {shown or 'none'};"
            f" it needs: {', '.join(self.shape.required)}",
            self.file_name,
            hint or "check the source's format, or rename the columns in the export",
        )
