"""The nights of a sample: which delivery an event comes with, and what its files are named."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

SECOND_US: Final = 1_000_000
DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Calendar:
    """Night 0 delivers ``days`` days from ``first_day`` on, each later night one day more."""

    first_day: date
    days: int
    nights: int

    @property
    def start(self) -> int:
        """First second of the data, UTC epoch."""
        return int(datetime.combine(self.first_day, datetime.min.time(), UTC).timestamp())

    @property
    def end(self) -> int:
        """Second at which the last night starts its delivery; nothing is known from then on."""
        return self.midnight(self.nights - 1)

    def midnight(self, night: int) -> int:
        """Second up to which a night delivers what was received."""
        return self.start + (self.days + night) * DAY_SECONDS

    def night_of(self, received_us: int) -> int:
        """The first night after the receipt; ``nights`` when no delivery holds it."""
        late_days = (received_us // SECOND_US - self.midnight(0)) // DAY_SECONDS + 1
        return min(max(0, late_days), self.nights)

    def label(self, night: int) -> str:
        """Date in the file names of a night."""
        return (self.first_day + timedelta(days=self.days + night)).isoformat()
