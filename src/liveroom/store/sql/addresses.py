"""Addresses of databases: ``sqlite:///path`` and ``mysql://user:password@host:port/database?options``."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

_SQLITE: Final = "sqlite:///"
_MYSQL_PORT: Final = 3306
_PRIVATE: Final = 0o600
_SWITCHES: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class AddressInvalid(ValueError):
    """The text is no address of a database; says which part is wrong, without the password."""


@dataclass(frozen=True, slots=True)
class SqliteAddress:
    """A file."""

    path: str

    def is_there(self) -> bool:
        """Say whether the file exists."""
        return Path(self.path).exists()


@dataclass(frozen=True, slots=True)
class MysqlAddress:
    """A server, a user there, and one of its databases."""

    host: str
    port: int
    user: str
    password: str
    database: str
    tls: Mapping[str, Any] | None = None
    """None: without TLS. Empty: encrypted to whomever answers; with ``ca`` the server has to prove its name."""


def read_address(url: str) -> SqliteAddress | MysqlAddress:
    """Return what the address says."""
    if url.startswith(_SQLITE) and url != _SQLITE:
        return SqliteAddress(url.removeprefix(_SQLITE))
    parts = urlsplit(url)
    if parts.scheme != "mysql":
        raise AddressInvalid("A database is sqlite:///path or mysql://user:password@host:port/database.")
    return MysqlAddress(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or _MYSQL_PORT,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.removeprefix("/")),
        tls=_read_tls(dict(parse_qsl(parts.query))),
    )


def _read_tls(options: dict[str, str]) -> Mapping[str, Any] | None:
    """Read ``ssl=true`` and ``ssl_ca``, ``ssl_cert``, ``ssl_key`` (paths of files)."""
    wanted = _SWITCHES.get(options.pop("ssl", "true" if options else "false").lower())
    files = {name.removeprefix("ssl_"): path for name, path in options.items()}
    if wanted is None or not files.keys() <= {"ca", "cert", "key"}:
        raise AddressInvalid("Options of a database are ssl=true, ssl_ca, ssl_cert and ssl_key.")
    return files if wanted else None


def make_private(path: str) -> None:
    """Let nobody but its owner read a SQLite database. What is wrong with the path, opening it says.

    One that is there is not opened: closing it would let go of the locks that this process has on it.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
    for file in (path, f"{path}-wal", f"{path}-shm"):
        with suppress(OSError):
            Path(file).chmod(_PRIVATE)
