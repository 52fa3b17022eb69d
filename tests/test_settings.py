"""journeylab.toml: what is refused, in which words, and that no value is ever run."""

import pytest

from journeylab.errors import SettingsError
from journeylab.rules import parse_rules
from journeylab.settings import load_settings

SOURCE = '[sources.web]\nchannel = "web"\nformat = "ga4"\npath = "landing"\n'


def load(folder, text):
    """Settings from a file with this text."""
    path = folder / "journeylab.toml"
    path.write_text(text)
    return load_settings(path)


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        pytest.param(
            "[sesions]\nx = 1\n",
            "unknown setting 'sesions'",
            "did you mean 'sessions'",
            id="section",
        ),
        pytest.param(
            "[sessions]\nsession_gap_minute = 5\n",
            "unknown setting 'sessions.session_gap_minute'",
            "did you mean 'session_gap_minutes'",
            id="key",
        ),
        pytest.param(
            SOURCE + 'delimeter = ";"\n',
            "unknown setting 'sources.web.delimeter'",
            "did you mean 'delimiter'",
            id="key of a source",
        ),
        pytest.param("[run]\nthreads = 0\n", "run.threads: Input should be", "got 0", id="range"),
        pytest.param(
            '[run]\nreporting_timezone = "Mars/Base"\n',
            "no time zone 'Mars/Base'",
            "got",
            id="zone",
        ),
        pytest.param("[run\n", "not TOML", "mend the line it names", id="no TOML"),
        pytest.param(
            SOURCE.replace("web]", '"we b"]'), "source 'we b': write a to z", "got", id="source"
        ),
        pytest.param(
            SOURCE.replace('"web"', '"we\'b"'), "lower-case letters, digits", "got", id="channel"
        ),
        pytest.param(
            "[privacy]\nproperties = ['a\"b']\n", "a key with a quote", "got", id="property"
        ),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_its_place(tmp_path, text, what, mend):
    """The nearest name where it is a typo; the file always."""
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, text)

    told = str(refused.value)
    assert what in told
    assert mend in told
    assert f"where: {tmp_path}/journeylab.toml" in told


def test_a_typo_in_the_environment_names_the_variable(tmp_path, monkeypatch):
    """And the nearest key."""
    monkeypatch.setenv("JOURNEYLAB_PUBLISH__KEPT", "3")

    with pytest.raises(SettingsError) as refused:
        load(tmp_path, SOURCE)

    assert "environment variable JOURNEYLAB_PUBLISH__KEPT" in str(refused.value)
    assert "did you mean 'keep'" in str(refused.value)


def test_a_rule_cannot_test_a_property_that_would_leave_its_quotes(tmp_path):
    """It becomes part of a JSON path."""
    rule = {"touchpoint": "web:x", "properties": {'a" || (select 1) || "': "b"}}

    with pytest.raises(SettingsError, match="cannot be tested"):
        parse_rules({"rules": [rule]}, where="touchpoints.toml")


def test_a_project_that_moved_has_the_same_hash_of_settings(tmp_path):
    """No place of a file changes a result, so a night after the move goes on from the last."""
    places = [tmp_path / "old", tmp_path / "new" / "home"]
    for place in places:
        place.mkdir(parents=True)

    old, new = (load(place, SOURCE + '[privacy]\nhash_key_file = "my.key"\n') for place in places)

    assert old.sources["web"].path != new.sources["web"].path
    assert old.config_hash == new.config_hash
