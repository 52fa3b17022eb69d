"""The users of the dashboard: a private JSON file of names, password hashes and roles."""

import hashlib
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from journeylab.errors import InputRefused, SettingsError

#: ``viewer`` sees no single journeys.
Role = Literal["analyst", "viewer"]

LEAST_CHARACTERS: Final = 12
LONGEST_CHARACTERS: Final = 1024

_HASHER: Final = PasswordHasher()
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class User:
    """One user; ``password_hash`` is argon2id with its salt and cost."""

    name: str
    password_hash: str
    role: Role

    @property
    def mark(self) -> str:
        """16 hexadecimal digits that change with the password."""
        return hashlib.sha256(self.password_hash.encode()).hexdigest()[:16]


class Users:
    """The users of a file, read anew whenever it changes. Safe for use by several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int, int], dict[str, User]] | None = None
        self._verifying = threading.Lock()  # argon2 takes 64 MiB: one at a time
        self._nobody: str | None = None

    def find(self, name: str) -> User | None:
        """The user of a name."""
        return self._users().get(name)

    def check(self, name: str, password: str) -> User | None:
        """The user whose name and password these are; unknown names take as long as known."""
        user = self.find(name)
        told = password[:LONGEST_CHARACTERS]
        with self._verifying:
            if self._nobody is None:
                self._nobody = _HASHER.hash(os.urandom(16).hex())
            try:
                _HASHER.verify(user.password_hash if user else self._nobody, told)
            except (VerificationError, InvalidHashError):
                return None
        return user

    def _users(self) -> dict[str, User]:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return {}
        mark = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if self._read is None or self._read[0] != mark:
            self._read = (mark, read_users(self._path))
        return self._read[1]


def read_users(path: Path) -> dict[str, User]:
    """Users by name; empty without a file.

    Raises:
        SettingsError: others may read the file, or it is none of ``add_user``.
    """
    if not path.exists():
        return {}
    if path.stat().st_mode & 0o077:
        raise SettingsError("others may read the users", str(path), f"chmod 600 {path}")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        users = [User(row["name"], row["password_hash"], row["role"]) for row in told["users"]]
    except (ValueError, KeyError, TypeError) as error:
        mend = "remove it, and add users with: journeylab dashboard add-user"
        raise SettingsError("no file of users", str(path), mend) from error
    unknown = sorted({user.role for user in users} - set(get_args(Role)))
    if unknown:
        raise SettingsError(f"no role {unknown[0]!r}", str(path), "write analyst or viewer")
    return {user.name: user for user in users}


def add_user(path: Path, name: str, password: str, role: Role) -> bool:
    """Add a user, or give one a new password and role; sessions of the old password end.

    Args:
        path: file with mode 0600; it and its folder are made when missing.
        name: 1 to 100 printable characters.
        password: 12 to 1024 characters.
        role: ``analyst`` or ``viewer``.

    Returns:
        Whether the name is new.

    Raises:
        InputRefused: the name or the password is none.
        SettingsError: the file is none of users.
    """
    if not name.isprintable() or name != name.strip() or not 1 <= len(name) <= _LONGEST_NAME:
        raise InputRefused(
            f"{name!r} is no user name", "add-user", "1 to 100 printable characters, no blank ends"
        )
    if not LEAST_CHARACTERS <= len(password) <= LONGEST_CHARACTERS:
        raise InputRefused(
            f"the password has {len(password)} characters",
            "add-user",
            f"take {LEAST_CHARACTERS} to {LONGEST_CHARACTERS}",
        )
    users = read_users(path)
    is_new = name not in users
    users[name] = User(name, _HASHER.hash(password), role)
    _write(path, users)
    return is_new


def _write(path: Path, users: dict[str, User]) -> None:
    rows = [
        {"name": user.name, "role": user.role, "password_hash": user.password_hash}
        for _, user in sorted(users.items())
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump({"users": rows}, opened, indent=2, ensure_ascii=False)
        opened.write("\n")
        opened.flush()
        os.fsync(opened.fileno())
    making.replace(path)
