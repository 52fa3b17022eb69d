"""``journeylab dashboard`` and ``journeylab report`` from the command line."""

import io
import json
import sys

import pytest


def test_a_user_is_added_and_changed(typed, tmp_path, monkeypatch):
    """The password comes from standard input or the keyboard, never from the command line."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
    code, out, _ = typed("dashboard", "add-user", "ana", "--role", "analyst", "--password-stdin")

    users = tmp_path / "var" / "dashboard_users.json"
    assert code == 0
    assert f"added ana as analyst: {users}" in out
    assert "next: set dashboard.login to 'password'" in out
    assert users.stat().st_mode & 0o777 == 0o600
    assert [row["name"] for row in json.loads(users.read_text())["users"]] == ["ana"]


@pytest.mark.parametrize(
    ("typed_passwords", "told"),
    [
        (["correct horse battery", "correct horse batterie"], "the two passwords differ"),
        (["short", "short"], "the password has 5 characters"),
    ],
)
def test_a_password_is_typed_twice_and_is_long(typed, tmp_path, monkeypatch, typed_passwords, told):
    """Exit 2, and no file."""
    answers = iter(typed_passwords)
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))

    code, _, err = typed("dashboard", "add-user", "viv")

    assert code == 2
    assert told in err
    assert not (tmp_path / "var" / "dashboard_users.json").exists()


@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        (["--host", "0.0.0.0"], "0.0.0.0 is reached from other machines, and login is 'none'"),
        (["--port", "0"], "greater than or equal to 1"),
    ],
)
def test_an_open_address_is_refused_before_it_is_served(typed, tokens, told):
    """The options are held to the rules of the settings."""
    code, out, err = typed("dashboard", *tokens)

    assert (code, out) == (2, "")
    assert told in err


def test_the_report_is_written_where_told(typed, tmp_path, sample_run):
    """Or into the folder; without a server a mail is refused."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "published").symlink_to(sample_run.snapshot.parents[1])

    code, out, _ = typed("report", "--output", tmp_path / "monday.html")
    assert (code, out) == (0, f"wrote {tmp_path / 'monday.html'}\n")
    assert not (tmp_path / "var" / "reports").exists()

    code, _, err = typed("report", "--mail")
    assert code == 2
    assert "no server takes the mail" in err
    assert not (tmp_path / "var" / "reports").exists()


def test_without_a_snapshot_there_is_no_report(typed):
    """Exit 1, and how to make one."""
    code, _, err = typed("report")

    assert code == 1
    assert "make one with: journeylab run" in err
