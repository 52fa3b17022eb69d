"""The floor over what the dashboard and the report ask of a Lab."""

from journeylab.lab.floor import with_floor
from journeylab.lab.opening import Lab
from journeylab.privacy import OTHER
from lake import Lake

TABLES = ("journeys", "steps", "touchpoints", "stages", "variants", "loops", "clock")


def opened() -> tuple[Lake, Lab]:
    """Three go home and away, one of them by the cart: that way is one customer's."""
    lake = Lake()
    lake.given(
        ana=[(0, "web:home"), (1, "web:about")],
        ben=[(0, "web:home"), (1, "web:about")],
        cem=[(0, "web:home"), (1, "web:about")],
        dora=[(0, "web:home"), (1, "web:cart")],
        eve=[(0, "web:home")],
        fay=[(0, "web:home")],
    )
    lake.build(*(f"marts.{name}" for name in TABLES))
    lake.warehouse.execute("create schema if not exists main")
    for name in TABLES:
        lake.warehouse.execute(f"create table main.{name} as from marts.{name}")
    return lake, Lab(lake.warehouse, "the lake")


def test_published_tables_and_those_counted_anew_have_no_small_row():
    """The smallest visible way joins the single one; beside stays floored, the file does not."""
    lake, lab = opened()
    with lake:
        shown = with_floor(lab, 2)

        for table in (shown.table("variants"), shown.variants(), shown.beside().variants()):
            assert table.select("path", "journeys", "customers").rows() == [
                ("web:home -> web:about", 3, 3),
                (OTHER, 3, 2),
            ]
        away = shown.only(where="steps = 2").variants()
        assert away.select("path", "customers").rows() == [(OTHER, 3)]
        assert lab.variants().height == 3
        assert with_floor(lab, None) is lab


def test_tables_that_are_no_paths_stay():
    """Touchpoints have no floor."""
    lake, lab = opened()
    with lake:
        assert with_floor(lab, 2).table("touchpoints").equals(lab.table("touchpoints"))
