"""Manual identity rules: identity_rules.csv -> the rows of ``config.identity_rules``."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import polars as pl

from journeylab.errors import SettingsError, nearest

COLUMNS: Final = ("rule", "kind_a", "value_a", "kind_b", "value_b")
RULES: Final = ("always", "never")


def rule_table(identity_rules_path: Path | str) -> pl.DataFrame:
    """Read the pairs of identifiers that somebody joined or parted by hand.

    Args:
        identity_rules_path: a UTF-8 CSV file with the columns ``rule`` (always or never),
            ``kind_a``, ``value_a``, ``kind_b``, ``value_b``.

    Returns:
        Those columns, one row per different rule, sorted; empty when there is no file.
        Values stay as written: SQL normalises them with the delivered ones.

    Raises:
        SettingsError: not UTF-8, a column or value is missing, a rule with another name.
    """
    path = Path(identity_rules_path)
    rows = sorted(set(_read(path))) if path.is_file() else []
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")


def _read(path: Path) -> list[tuple[str, ...]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rules(csv.reader(file, strict=True), path))
    except UnicodeDecodeError as error:
        raise SettingsError(f"not UTF-8: {error}", str(path), "save it as UTF-8") from error
    except csv.Error as error:
        raise SettingsError(f"not CSV: {error}", str(path), "mend the quotes") from error


def _rules(lines: Iterable[list[str]], path: Path) -> Iterable[tuple[str, ...]]:
    header: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not any(field.strip() for field in line):
            continue
        if not header:
            header = [field.strip().lower() for field in line]
            missing = [name for name in COLUMNS if name not in header]
            if missing:
                raise SettingsError(
                    f"no column {', '.join(missing)}; there are {', '.join(header)}",
                    str(path),
                    f"the first line must be {','.join(COLUMNS)}",
                )
            continue
        yield _rule(dict(zip(header, line, strict=False)), f"{path}, record {number}")


def _rule(fields: dict[str, str], where: str) -> tuple[str, ...]:
    missing = [name for name in COLUMNS if not fields.get(name, "").strip()]
    if missing:
        raise SettingsError(f"no value for {', '.join(missing)}", where, "give all five values")
    rule = fields["rule"].strip().lower()
    if rule not in RULES:
        raise SettingsError(f"no rule {rule!r}", where, nearest(rule, RULES))
    kinds = (fields["kind_a"].strip(), fields["kind_b"].strip())
    return rule, kinds[0], fields["value_a"], kinds[1], fields["value_b"]
