"""The core job as one compiled pass over the sorted layout (Numba), as far as it can be fused.

Here to be measured against the SQL (docs/adr): nothing of journeylab uses it.
"""

from glob import glob
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numba import njit
from timing import GAP_US, STEPS, TOP, WINDOW_US, answers, contest


@njit(nogil=True, cache=True)
def by_customer(customers, at, codes, ends):  # noqa: ANN001, ANN201
    """Counting sort that keeps the order of arrival; ``ends`` becomes each customer's end."""
    for c in customers:
        ends[c + 1] += 1
    for c in range(len(ends) - 1):
        ends[c + 1] += ends[c]
    n = len(customers)
    out_at, out_codes = np.empty(n, np.int64), np.empty(n, np.uint8)
    for i in range(n):
        c = customers[i]
        place = ends[c]
        ends[c] += 1
        out_at[place], out_codes[place] = at[i], codes[i]
    for c in range(len(ends) - 1):  # late arrivals: each a short way from its place
        for i in range((ends[c - 1] if c else 0) + 1, ends[c]):
            t, k, j = out_at[i], out_codes[i], i - 1
            while j >= (ends[c - 1] if c else 0) and out_at[j] > t:
                out_at[j + 1], out_codes[j + 1] = out_at[j], out_codes[j]
                j -= 1
            out_at[j + 1], out_codes[j + 1] = t, k
    return out_at, out_codes


@njit(nogil=True, cache=True)
def fused(at, codes, ends, step_of, width, told, counts, reached, starts, hashes):  # noqa: ANN001, ANN201
    """Sessions, edges, funnel and a hash of each session's path, in one pass."""
    seen = np.full((2, width * width), -1, np.int64)
    chain = np.empty(8, np.int64)
    sessions, first = 0, 0
    for c in range(len(ends) - 1):
        last = ends[c]
        if last == first:
            continue
        chain[:] = -1
        level, begun, path = 0, first, np.uint64(14695981039346656037)
        for i in range(first, last):
            code = codes[i]
            if i > first:
                pause = at[i] - at[i - 1]
                edge = codes[i - 1] * width + code
                counts[0, 0, edge] += 1
                if seen[0, edge] != c:
                    seen[0, edge] = c
                    counts[0, 1, edge] += 1
                if pause <= GAP_US:
                    counts[1, 0, edge] += 1
                    if seen[1, edge] != c:
                        seen[1, edge] = c
                        counts[1, 1, edge] += 1
                else:
                    starts[sessions], hashes[sessions] = begun, path
                    sessions += 1
                    told[0] += (i - begun) ** 2
                    told[1] += at[i - 1] - at[begun]
                    begun, path = i, np.uint64(14695981039346656037)
            path = (path ^ np.uint64(code + 1)) * np.uint64(1099511628211)
            path ^= path >> np.uint64(29)
            k = step_of[code]
            if k == 1:
                chain[1] = at[i]
                level = max(level, 1)
            elif k > 1 and chain[k - 1] >= 0 and at[i] - chain[k - 1] <= WINDOW_US:
                chain[k] = chain[k - 1]
                level = max(level, k)
        starts[sessions], hashes[sessions] = begun, path
        sessions += 1
        told[0] += (last - begun) ** 2
        told[1] += at[last - 1] - at[begun]
        for k in range(1, level + 1):
            reached[k] += 1
        first = last
    return sessions


@njit(nogil=True, cache=True)
def waits_by_edge(at, codes, ends, width, gap, offsets):  # noqa: ANN001, ANN201
    """Times between events, those of an edge beside each other; ``offsets`` become ends."""
    waits = np.empty(offsets[-1], np.int64)
    first = 0
    for c in range(len(ends) - 1):
        for i in range(first + 1, ends[c]):
            pause = at[i] - at[i - 1]
            if pause <= gap:
                edge = codes[i - 1] * width + codes[i]
                waits[offsets[edge]] = pause
                offsets[edge] += 1
        first = ends[c]
    return waits


def work(files: str) -> dict[str, Any]:
    """Answer the four questions."""
    names: dict[str, int] = {}
    customers, at, codes = [], [], []
    for path in sorted(glob(files)):
        table = pq.read_table(path, read_dictionary=["touchpoint"])
        customers.append(table["customer"].to_numpy())
        at.append(table["occurred_at"].cast("int64").to_numpy())
        for chunk in table["touchpoint"].chunks:
            known = [names.setdefault(name, len(names)) for name in chunk.dictionary.to_pylist()]
            codes.append(np.array(known, np.uint8)[chunk.indices.to_numpy()])
    who = np.concatenate(customers)
    ends = np.zeros(int(who.max()) + 2, np.int64)
    at_us, code = by_customer(who, np.concatenate(at), np.concatenate(codes), ends)
    width, step_of = len(names), np.zeros(256, np.int64)
    for number, step in enumerate(STEPS, start=1):
        step_of[names[step]] = number
    told, counts = np.zeros(2, np.int64), np.zeros((2, 2, width * width), np.int64)
    reached = np.zeros(len(STEPS) + 1, np.int64)
    starts, hashes = np.empty(len(code), np.int64), np.empty(len(code), np.uint64)
    sessions = fused(at_us, code, ends, step_of, width, told, counts, reached, starts, hashes)
    labels = {number: name for name, number in names.items()}
    edges = []
    for place, (scope, gap) in enumerate((("customer", 1 << 62), ("session", GAP_US))):
        offsets = np.concatenate(([0], np.cumsum(counts[place, 0])))
        waits = waits_by_edge(at_us, code, ends, width, gap, offsets.copy())
        for edge in np.flatnonzero(counts[place, 0]):
            of_edge = waits[offsets[edge] : offsets[edge + 1]]
            p50, p90 = np.quantile(of_edge, (0.5, 0.9))
            names_of = labels[int(edge) // width], labels[int(edge) % width]
            edges.append((scope, *names_of, *counts[place, :, edge], p50, p90))
    variants = _variants(code, starts[:sessions], hashes[:sessions], labels)
    return answers((sessions, *told), edges, reached[1:], variants)


def _variants(
    code: np.ndarray, starts: np.ndarray, hashes: np.ndarray, labels: dict[int, str]
) -> list[tuple[str, int]]:
    """The most frequent paths, spelled from one session of each; more than asked, for ties."""
    _, firsts, counts = np.unique(hashes, return_index=True, return_counts=True)
    kept = np.argsort(-counts, kind="stable")[: TOP * 20]
    ends = np.append(starts[1:], len(code))
    return [
        (">".join(labels[c] for c in code[starts[k] : ends[k]].tolist()), int(counts[place]))
        for place, k in zip(kept, firsts[kept], strict=True)
    ]


def warm() -> None:
    """Compile, or load what an earlier run compiled."""
    ends = np.zeros(2, np.int64)
    at, code = by_customer(np.zeros(2, np.uint32), np.arange(2), np.zeros(2, np.uint8), ends)
    none = np.zeros(2, np.int64)
    fused(at, code, ends, np.zeros(256, np.int64), 1, none, np.zeros((2, 2, 1), np.int64),
          np.zeros(6, np.int64), none.copy(), np.zeros(2, np.uint64))  # fmt: skip
    waits_by_edge(at, code, ends, 1, 1 << 62, np.array([0, 1]))


if __name__ == "__main__":
    contest(work, warm=warm)
