"""The map file: what it may say, and how its faults are told."""

import pytest

from journeylab.designed_map import (
    DesignedMap,
    MapStep,
    load_designed_map,
    map_table,
    parse_designed_map,
)
from journeylab.errors import SettingsError
from journeylab.settings import Paths, Settings

STEPS = [{"touchpoint": "web:home"}, {"touchpoint": "web:cart"}]


def test_a_map_file_is_read_as_it_stands(tmp_path):
    """Steps by touchpoint, touchpoints or stage; names where none is given."""
    path = tmp_path / "designed_map.toml"
    path.write_text(
        'side_steps = ["web:help"]\n'
        '[[steps]]\ntouchpoints = ["web:home", "email:click"]\nname = "arrive"\n'
        '[[steps]]\nstage = "nurture"\noptional = true\nrepeats = true\n'
        'side_steps = ["web:about"]\n'
        '[[steps]]\ntouchpoint = "web:cart"\n'
        '[[returns]]\nfrom = "web:cart"\nto = "nurture"\n'
        '[[allowed]]\nkind = "repeat"\n'
    )

    found = load_designed_map(path)

    assert found == DesignedMap(
        steps=(
            MapStep("arrive", ("web:home", "email:click")),
            MapStep("nurture", (), "nurture", True, True, ("web:about",)),
            MapStep("web:cart", ("web:cart",)),
        ),
        side_steps=("web:help",),
        returns=((2, 1),),
        allowed=(("repeat", None),),
    )
    assert found.shortest_run == 2
    assert map_table(designed_map=found).select("step_number", "touchpoint", "stage").rows() == [
        (1, "web:home", None),
        (1, "email:click", None),
        (2, None, "nurture"),
        (3, "web:cart", None),
    ]


def test_no_file_is_no_map(tmp_path):
    """The tables of conformance are empty then."""
    assert load_designed_map(tmp_path / "designed_map.toml") is None
    assert map_table(designed_map=None).rows() == []


@pytest.mark.parametrize(
    ("told", "what"),
    [
        pytest.param({}, "the map has 0 steps", id="no step"),
        pytest.param({"step": STEPS}, "did you mean 'steps'", id="unknown key"),
        pytest.param({"steps": [{"touchpiont": "a"}]}, "did you mean 'touchpoint'", id="typo"),
        pytest.param({"steps": [{"name": "a"}]}, "names 0 of them", id="step of nothing"),
        pytest.param({"steps": [{"touchpoint": "a", "stage": "b"}]}, "names 2", id="step of two"),
        pytest.param({"steps": [STEPS[0], STEPS[0]]}, "two steps are called", id="one name twice"),
        pytest.param(
            {"steps": STEPS, "returns": [{"from": "web:crat", "to": "web:home"}]},
            "did you mean 'web:cart'",
            id="return from nowhere",
        ),
        pytest.param(
            {"steps": STEPS, "returns": [{"from": "web:home", "to": "web:cart"}]},
            "swap from and to",
            id="return that goes on",
        ),
        pytest.param(
            {"steps": STEPS, "allowed": [{"kind": "skiped"}]}, "did you mean 'skipped'", id="kind"
        ),
        pytest.param({"steps": STEPS, "allowed": [{}]}, "allow every deviation", id="allow all"),
        pytest.param({"steps": [{"touchpoint": 7}]}, "wanted a name", id="number for a name"),
        pytest.param(
            {"steps": [{"touchpoint": "a", "optional": "yes"}]}, "write true or false", id="flag"
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_mending(told, what):
    """Each is a SettingsError, so a run ends with 2 before it begins."""
    with pytest.raises(SettingsError, match=r"where: shop\.toml") as refused:
        parse_designed_map(told, where="shop.toml")
    assert what in str(refused.value)


def test_the_map_counts_in_the_hash_of_the_settings(tmp_path):
    """Another map gives other tables."""
    path = tmp_path / "designed_map.toml"
    settings = Settings(paths=Paths(designed_map=path))
    before = settings.config_hash

    path.write_text('[[steps]]\ntouchpoint = "web:home"\n')

    assert settings.config_hash != before
