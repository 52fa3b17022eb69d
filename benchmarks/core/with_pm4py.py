"""What pm4py has of the core job: directly-follows counts, their times, variants by customer.

pm4py is licensed AGPL: it is installed into an environment of its own, and only here.
"""

from glob import glob
from typing import Any

import pandas as pd
import pm4py
from timing import contest


def work(files: str) -> dict[str, Any]:
    """Count what follows what; times and variants are computed and left out of the answer."""
    log = pd.concat([pd.read_parquet(path) for path in sorted(glob(files))], ignore_index=True)
    log["customer"] = log["customer"].astype(str)
    log["occurred_at"] = log["occurred_at"].dt.tz_localize("UTC")
    keys = {
        "activity_key": "touchpoint",
        "timestamp_key": "occurred_at",
        "case_id_key": "customer",
    }
    log = log.sort_values(["customer", "occurred_at"], ignore_index=True)
    follows, _, _ = pm4py.discover_dfg(log, **keys)
    pm4py.discover_performance_dfg(log, **keys, perf_aggregation_key="median")
    pm4py.get_variants(log, **keys)
    return {"follows": sorted([a, b, int(n)] for (a, b), n in follows.items())}


if __name__ == "__main__":
    contest(work)
