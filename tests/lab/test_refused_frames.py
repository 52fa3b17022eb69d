"""What from_events refuses: by class, and by a phrase that says how to mend it."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from shop_frame import frame, opened

from journeylab.errors import InputRefused, JourneyLabError, SettingsError, UnknownName

ROWS = frame(ana=[(0.0, "web:home"), (1.0, "web:cart")], ben=[(2.0, "web:home")])


def plus(**columns: list[Any]) -> pl.DataFrame:
    """The three rows with further or other columns."""
    return ROWS.with_columns(**{name: pl.Series(values) for name, values in columns.items()})


@pytest.mark.parametrize(
    ("rows", "told", "kind", "phrase"),
    [
        pytest.param(ROWS, {"touchpoint": "wat"}, UnknownName, "did you mean 'what'", id="column"),
        pytest.param([1, 2], {}, InputRefused, "a frame is wanted, got list", id="no frame"),
        pytest.param(
            plus(when=[1, 2, 3]), {}, InputRefused, "pl.from_epoch('when'", id="epoch numbers"
        ),
        pytest.param(
            plus(when=["2026-01-01", "1/2/2026", "2026-01-03"]),
            {},
            InputRefused,
            "1 of 3 rows are no time, the first is row 2 with '1/2/2026'",
            id="a time nobody can read",
        ),
        pytest.param(
            plus(when=["2026-01-01", "1970-01-20 03:04:05", "2026-01-03"]),
            {},
            InputRefused,
            "is the unit right",
            id="a wrong unit",
        ),
        pytest.param(
            plus(id=["x", "y", "x"]),
            {"event_id": "id"},
            InputRefused,
            "2 rows share an event_id, for example 'x'",
            id="a repeated event id",
        ),
        pytest.param(
            plus(visit=["s1", None, "s2"]),
            {"session_id": "visit"},
            InputRefused,
            "session_id: 1 of 3 rows are null or blank, the first is row 2",
            id="a null session",
        ),
        pytest.param(
            plus(case=["j1", "j1", "j1"]),
            {"journey_id": "case"},
            InputRefused,
            "journey_id 'j1' belongs to customers 'ana' and 'ben'",
            id="a journey of two",
        ),
        pytest.param(
            plus(what=["web:home", " \t", ""]),
            {},
            InputRefused,
            "touchpoint: 2 of 3 rows are null or blank, the first is row 2",
            id="blank touchpoints",
        ),
        pytest.param(
            plus(who=["ana", " ", "ben"]), {}, InputRefused, "make them null", id="blank customer"
        ),
        pytest.param(
            plus(who=[None, None, None]),
            {},
            InputRefused,
            "none of the 3 rows has a customer",
            id="no customer at all",
        ),
        pytest.param(
            plus(when=["2026-01-01T10:00:00Z", "2026-01-01 11:00", "2026-01-03"]),
            {},
            InputRefused,
            "with a zone, as '2026-01-01T10:00:00Z', and without one, as '2026-01-01 11:00'",
            id="texts with and without a zone",
        ),
        pytest.param(
            pd.DataFrame(
                {
                    "who": ["ana", "ben"],
                    "when": pd.Series(
                        [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2)], dtype=object
                    ),
                    "what": ["a", "b"],
                }
            ),
            {},
            InputRefused,
            "'when' holds 1 instants with a zone and 1 without one",
            id="instants with and without a zone",
        ),
        pytest.param(
            pd.DataFrame(
                [["ana", "2026-01-01", "a", "b"]], columns=["who", "when", "what", "what"]
            ),
            {},
            InputRefused,
            "2 columns are called 'what'",
            id="a column twice in pandas",
        ),
        pytest.param(
            pa.table(
                [["ana"], ["2026-01-01"], ["a"], ["b"]], names=["who", "when", "what", "what"]
            ),
            {},
            InputRefused,
            "2 columns are called 'what'",
            id="a column twice in Arrow",
        ),
        pytest.param("no/such.parquet", {}, InputRefused, "there is no file", id="no file"),
        pytest.param(__file__, {}, InputRefused, "the frame cannot be read", id="no Parquet"),
        pytest.param(
            plus(who=[1.5, 2.0, 3.0]), {}, InputRefused, "holds Float64", id="a broken number"
        ),
        pytest.param(
            plus(what=["web:home", "(dropped)", "web:cart"]),
            {},
            InputRefused,
            "touchpoint '(dropped)' is a name journeylab uses itself",
            id="a reserved touchpoint",
        ),
        pytest.param(
            ROWS,
            {"customer_id": None},
            InputRefused,
            "one of customer_id and identifiers is wanted",
            id="nobody",
        ),
        pytest.param(
            ROWS,
            {"customer_id": None, "identifiers": {"mail": "who"}},
            InputRefused,
            "did you mean 'email'",
            id="a kind nobody knows",
        ),
        pytest.param(
            plus(amount=["ten", "20", "30"]),
            {"value": "amount"},
            InputRefused,
            "value holds what is no amount",
            id="an amount in words",
        ),
        pytest.param(
            ROWS, {"as_of": "yesterday"}, InputRefused, "as_of is 'yesterday'", id="as_of"
        ),
        pytest.param(
            ROWS,
            {"stages": {"reach": ["web:home"]}, "goals": ["web:cart"]},
            InputRefused,
            "goal 'web:cart' has no stage",
            id="a goal outside the stages",
        ),
        pytest.param(
            ROWS,
            {"stages": {"web:home": "reach"}},
            InputRefused,
            "lowest stage first",
            id="stages the wrong way round",
        ),
        pytest.param(
            ROWS,
            {"stages": {"reach": ["a"], "nurture": ["a"], "convert": ["a"]}},
            InputRefused,
            "touchpoint 'a' stands in reach, nurture, convert",
            id="three stages",
        ),
        pytest.param(
            plus(photo=[b"x", b"y", b"z"]),
            {"properties": "photo"},
            InputRefused,
            "property 'photo' holds Binary",
            id="bytes",
        ),
        pytest.param(
            ROWS,
            {"settings": 5},
            InputRefused,
            "settings is 5, wanted a Settings or a dict or None",
            id="settings that are none",
        ),
        pytest.param(
            ROWS,
            {"goals": None},
            InputRefused,
            "goals is None, wanted text or a list",
            id="no goals",
        ),
        pytest.param(
            ROWS,
            {"waits_for_us": "web:crat"},
            UnknownName,
            "did you mean 'web:cart'",
            id="an answer due after nothing",
        ),
        pytest.param(
            ROWS,
            {"settings": {"sessions": {"gap": 5}}},
            SettingsError,
            "session_gap_minutes",
            id="an unknown setting",
        ),
    ],
)
def test_a_frame_that_cannot_be_used_is_refused(
    rows: Any, told: dict[str, Any], kind: type[JourneyLabError], phrase: str
) -> None:
    """Nothing is dropped or guessed: the error says what is wrong and how to mend it."""
    with pytest.raises(kind) as refused:
        opened(rows, **told)

    assert phrase in str(refused.value)
