"""The key of the keyed hashes: from the environment, else a private file made once."""

import pytest

from journeylab.errors import SettingsError
from journeylab.privacy import hash_key, key_fingerprint


@pytest.fixture(autouse=True)
def no_key_told(monkeypatch):
    """The machine's own key stays out of the tests."""
    monkeypatch.delenv("JOURNEYLAB_HASH_KEY", raising=False)


def test_the_first_run_makes_a_private_key_and_later_runs_keep_it(tmp_path):
    """64 hexadecimal digits that only the owner may read."""
    file = tmp_path / "var/hash.key"

    first, second = hash_key(file), hash_key(file)

    assert first == second
    assert len(first) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["hash.key"]


def test_two_places_have_two_keys(tmp_path):
    """So equal identifiers of two projects have other hashes."""
    assert hash_key(tmp_path / "a.key") != hash_key(tmp_path / "b.key")


def test_the_environment_comes_first(tmp_path, monkeypatch):
    """And no file is made."""
    monkeypatch.setenv("JOURNEYLAB_HASH_KEY", "sixteen letters!")

    assert hash_key(tmp_path / "hash.key") == b"sixteen letters!"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["", "fifteen letters"])
def test_a_short_key_is_refused(tmp_path, monkeypatch, key):
    """An empty variable is a mistake, not a wish for the file."""
    monkeypatch.setenv("JOURNEYLAB_HASH_KEY", key)

    with pytest.raises(SettingsError, match=f"has {len(key)} characters"):
        hash_key(tmp_path / "hash.key")


def test_a_key_others_may_read_is_refused(tmp_path):
    """With the command that mends it."""
    file = tmp_path / "hash.key"
    file.write_text("a" * 64)
    file.chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        hash_key(file)


def test_fingerprints_tell_keys_apart_and_do_not_hold_them():
    """The same key has the same fingerprint on every machine."""
    assert key_fingerprint(b"sixteen letters!") == "4797d5773d0a44d9"
    assert key_fingerprint(b"sixteen letters?") != key_fingerprint(b"sixteen letters!")
