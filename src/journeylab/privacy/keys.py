"""Secret keys: from the environment, else from a private file made on the first run."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from journeylab.errors import SettingsError

KEY_VARIABLE: Final = "JOURNEYLAB_HASH_KEY"

_LEAST_CHARACTERS: Final = 16


def hash_key(key_file: Path) -> bytes:
    """Key of the run: ``JOURNEYLAB_HASH_KEY``, else the key file, made on the first run.

    The caller holds the writer's lock. Whoever has the key can test whether an identifier is
    in a snapshot; whoever loses it gets new customer ids from the next run on.

    Args:
        key_file: file with mode 0600; it and its folder are made when missing.

    Raises:
        SettingsError: the key is shorter than 16 characters, or others may read the file.
    """
    return secret_key(KEY_VARIABLE, key_file, name="hash key")


def secret_key(variable: str, key_file: Path, *, name: str) -> bytes:
    """A key: the environment's, else that of the key file, which is made when missing.

    Args:
        variable: of the environment.
        key_file: file with mode 0600; of several processes that make it, all read one.
        name: of the key, in errors.

    Raises:
        SettingsError: the key is shorter than 16 characters, or others may read the file.
    """
    told = os.environ.get(variable)
    if told is not None:
        return _long_enough(told, f"environment variable {variable}", name)
    if not key_file.exists():
        _make(key_file)
    if key_file.stat().st_mode & 0o077:
        raise SettingsError(f"others may read the {name}", str(key_file), f"chmod 600 {key_file}")
    return _long_enough(key_file.read_text(encoding="utf-8").strip(), str(key_file), name)


def key_fingerprint(key: bytes) -> str:
    """16 hexadecimal digits that tell two keys apart and tell nothing of either."""
    return hmac.new(key, b"journeylab key fingerprint", hashlib.sha256).hexdigest()[:16]


def _make(key_file: Path) -> None:
    key_file.parent.mkdir(parents=True, exist_ok=True)
    making = key_file.with_name(f".{key_file.name}-{os.getpid()}")
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_hex(32) + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(making, key_file)
    making.unlink()


def _long_enough(key: str, where: str, name: str) -> bytes:
    if len(key) < _LEAST_CHARACTERS:
        raise SettingsError(
            f"the {name} has {len(key)} characters, wanted are {_LEAST_CHARACTERS} or more",
            where,
            "make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return key.encode()
