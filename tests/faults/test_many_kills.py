"""`make faults`: the long proof that no death of a run leaves anything half done."""

import os

import pytest
from bench import Bench
from many_kills import die_often

LEAST_KILLS = 500
LEAST_READS = 50_000


@pytest.mark.faults
def test_no_death_leaves_anything_half_done(tmp_path):
    """At every line and at random instants: what is published is whole, recovery equals full."""
    with Bench(tmp_path) as bench:
        die_often(bench, seed=5, minutes=float(os.environ.get("FAULTS_MINUTES", "240")))

    print(f"\nfaults: {bench.counts}")
    counts = bench.counts
    assert bench.wrong == []
    assert (counts.half_runs, counts.reader_errors, counts.differences) == (0, 0, 0)
    assert counts.kills >= LEAST_KILLS
    assert counts.reads >= LEAST_READS
