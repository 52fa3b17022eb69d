"""What retentioneering has of the core job: sessions, transition counts and medians, a funnel.

Its funnel has no window, so only the transition counts are compared.
"""

import os
from glob import glob
from typing import Any

os.environ["RETENTIONEERING_NO_TRACK"] = "1"

import pandas as pd
from retentioneering.eventstream import Eventstream
from timing import STEPS, contest


def work(files: str) -> dict[str, Any]:
    """Count what follows what; the rest is computed and left out of the answer."""
    frame = pd.concat([pd.read_parquet(path) for path in sorted(glob(files))], ignore_index=True)
    frame.columns = ["user_id", "timestamp", "event"]
    frame["user_id"] = frame["user_id"].astype(str)
    stream = Eventstream(frame)
    sessions = stream.split_sessions(timeout="30m")
    sessions.transition_graph_data(edge_weight="count", path_col="session_id")
    stream.transition_graph_data(edge_weight="time_median")
    stream.funnel_data(list(STEPS))
    counts = stream.transition_graph_data(edge_weight="count")
    follows = [
        [before, after, int(n)]
        for before, row in counts.iterrows()
        for after, n in row.items()
        if n > 0 and before != "path_start" and after != "path_end"
    ]
    return {"follows": sorted(follows)}


if __name__ == "__main__":
    contest(work)
