"""The core job in pandas: sorted once, then shifts and groups over whole columns."""

from glob import glob
from typing import Any

import numpy as np
import pandas as pd
from timing import GAP_US, STEPS, TOP, WINDOW_US, answers, contest


def work(files: str) -> dict[str, Any]:
    """Answer the four questions."""
    frame = pd.concat([pd.read_parquet(path) for path in sorted(glob(files))], ignore_index=True)
    frame["touchpoint"] = frame["touchpoint"].astype("category")
    frame["at_us"] = frame.pop("occurred_at").astype("datetime64[us]").astype("int64")
    frame = frame.sort_values(["customer", "at_us"], ignore_index=True)
    same = (frame["customer"] == frame["customer"].shift()).to_numpy()
    frame["before"] = frame["touchpoint"].shift().where(same)
    pause = frame["at_us"].diff().where(same)
    frame["pause"] = pause
    frame["session"] = (~(pause <= GAP_US)).cumsum()
    by_session = frame.groupby("session", sort=False)
    events = by_session.size().astype("int64")
    lasted = by_session["at_us"].last() - by_session["at_us"].first()
    path = by_session["touchpoint"].agg(lambda names: ">".join(names))
    edges = []
    for scope, rows in (("session", frame[pause <= GAP_US]), ("customer", frame[same])):
        by_edge = rows.groupby(["before", "touchpoint"], observed=True)
        found = pd.DataFrame(
            {
                "n": by_edge.size(),
                "customers": by_edge["customer"].nunique(),
                "p50": by_edge["pause"].quantile(0.5),
                "p90": by_edge["pause"].quantile(0.9),
            }
        )
        edges += [
            (scope, *key, *row) for key, row in zip(found.index, found.to_numpy(), strict=True)
        ]
    counts = (
        path.value_counts()
        .reset_index()
        .sort_values(["count", "touchpoint"], ascending=[False, True])
    )
    variants = counts.head(TOP).itertuples(index=False)
    return answers((len(events), (events**2).sum(), lasted.sum()), edges, _funnel(frame), variants)


def _funnel(frame: pd.DataFrame) -> list[int]:
    rows = frame[frame["touchpoint"].isin(STEPS)].reset_index(drop=True)
    names, customers = rows["touchpoint"], rows["customer"]
    start = rows["at_us"].where(names == STEPS[0]).astype(float)
    reached = [customers[start.notna()].nunique()]
    for step in STEPS[1:]:
        newest = start.groupby(customers).cummax().groupby(customers).ffill()
        start = newest.where((names == step) & (rows["at_us"] - newest <= WINDOW_US), np.nan)
        reached.append(customers[start.notna()].nunique())
    return reached


if __name__ == "__main__":
    contest(work)
