import pytest

from journeylab.effort import effort_table
from journeylab.errors import SettingsError
from journeylab.settings import parse_settings


def told(tmp_path, text):
    """The table of an effort file with this text."""
    (tmp_path / "effort.toml").write_text(text)
    return effort_table(parse_settings({}, root=tmp_path, where="test"))


def test_efforts_are_read_by_touchpoint(tmp_path):
    """Sorted by touchpoint."""
    found = told(tmp_path, '"web:search" = "high"\n"web:cart" = "low"\n')

    assert found.rows() == [("web:cart", "low"), ("web:search", "high")]


def test_no_file_is_no_effort(tmp_path):
    """Every touchpoint is then of medium effort."""
    assert effort_table(parse_settings({}, root=tmp_path, where="test")).rows() == []


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        pytest.param('"web:cart" = "hihg"', "high", id="a word misspelt"),
        pytest.param('"web:cart" = 3', "effort is 3", id="a number"),
        pytest.param('"web:cart" = low', "not TOML", id="no TOML"),
    ],
)
def test_a_wrong_effort_is_refused(tmp_path, text, phrase):
    """The error names the word meant, or what is wrong."""
    with pytest.raises(SettingsError, match=phrase):
        told(tmp_path, text)


def test_the_efforts_count_as_settings(tmp_path):
    """Another effort is another hash."""
    settings = parse_settings({}, root=tmp_path, where="test")
    before = settings.config_hash
    (tmp_path / "effort.toml").write_text('"web:cart" = "low"\n')

    assert settings.config_hash != before
