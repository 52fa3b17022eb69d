"""One snapshot, or one frame of events, opened for questions. Never writes, never prints."""

from journeylab.lab.events import from_events
from journeylab.lab.opening import Lab, open

__all__ = ["Lab", "from_events", "open"]
