"""Reads sample files with the standard library alone, so that a test does not trust the writer."""

import csv
import gzip
import json
from pathlib import Path


def texts(folder: Path, source: str) -> dict[str, str]:
    """File name -> text of each readable file of a source."""
    found = {}
    for path in sorted((folder / "landing" / source).iterdir()):
        try:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except EOFError:
            continue
        found[path.name] = data.decode()
    return found


def json_rows(folder: Path, source: str) -> list[dict]:
    """Rows of JSON lines; broken lines are skipped."""
    rows = []
    for text in texts(folder, source).values():
        for line in text.splitlines():
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue
    return rows


def orders(folder: Path) -> list[dict]:
    """Rows of the order lists."""
    return [
        row
        for text in texts(folder, "purchase").values()
        for row in csv.DictReader(text.splitlines())
    ]


def conversations(folder: Path) -> list[dict]:
    """Conversations, each as often as it was told."""
    return [
        row for text in texts(folder, "chat").values() for row in json.loads(text)["conversations"]
    ]
