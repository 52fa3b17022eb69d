"""Fixtures of the command line's tests: ``typed`` runs one command in a folder of its own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from journeylab.cli import main

#: (exit code, standard output, standard error) of one command.
Told = tuple[int, str, str]


@pytest.fixture
def typed(tmp_path, monkeypatch, capfd) -> Callable[..., Told]:
    """Type a command in an empty folder; its settings come from that folder alone."""
    for name in list(os.environ):
        if name.startswith("JOURNEYLAB_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    mask = os.umask(0o022)
    os.umask(mask)

    def type_(*tokens: str | Path) -> Told:
        capfd.readouterr()
        try:
            with pytest.raises(SystemExit) as ended:
                main([str(token) for token in tokens])
        finally:
            os.umask(mask)
        told = capfd.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return type_
