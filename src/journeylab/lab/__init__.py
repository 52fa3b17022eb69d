"""One snapshot, or one frame of events, opened for questions. Never writes, never prints."""

from journeylab.lab.events import from_events
from journeylab.lab.funnel_dials import Funnel
from journeylab.lab.funnel_steps import Exclusion, Step
from journeylab.lab.opening import Lab, open

__all__ = ["Exclusion", "Funnel", "Lab", "Step", "from_events", "open"]
