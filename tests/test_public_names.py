"""The names of the library, and what importing it costs."""

import subprocess
import sys

import journeylab as jl

IMPORT = """
import sys, time
start = time.perf_counter()
import journeylab
print(time.perf_counter() - start)
print(sorted({"dagster", "duckdb", "networkx", "polars"} & set(sys.modules)))
"""


def test_importing_is_fast_and_loads_nothing_heavy() -> None:
    """0.3 s at most, and no library of ours before it is used."""
    told = subprocess.run(
        [sys.executable, "-c", IMPORT], check=True, capture_output=True, text=True
    ).stdout.splitlines()

    assert float(told[0]) <= 0.3
    assert told[1] == "[]"


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    """``__all__`` is the API; unknown names are refused as in any module."""
    names = ["Exclusion", "Funnel", "Lab", "Step"]
    functions = ["errors", "figures", "from_events", "open"]
    assert jl.__all__ == [*names, "__version__", *functions]
    for name in (*names, *functions):
        assert getattr(jl, name).__doc__, name
    assert jl.__version__ == "0.1.0"
    assert not hasattr(jl, "load")
