"""How columns are written: the same kinds of columns in every table."""

from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, MetaData, SmallInteger, String, Table, Text
from sqlalchemy.dialects.mysql import MEDIUMTEXT

known: Final = MetaData()
"""Every table that was made: all of them once ``tables`` is imported."""

_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}
ID: Final = String(64)
SHORT: Final = String(128)
NAME: Final = String(255)
LINE: Final = String(1024)


def table(name: str, *parts: Column[Any] | Index | CheckConstraint, **options: Any) -> Table:
    return Table(f"lr_{name}", known, *parts, **_ON_MYSQL, **options)


def key(name: str, kind: String = ID) -> Column[str]:
    return Column(name, kind, primary_key=True)


def number(name: str) -> Column[int]:
    """Return the key that the database counts up by itself."""
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def text(name: str, kind: String = ID) -> Column[str]:
    return Column(name, kind, nullable=False)


def long_text(name: str) -> Column[str]:
    """Return a text that may be longer than MySQL's TEXT."""
    return text(name, Text().with_variant(MEDIUMTEXT(), "mysql"))


def big(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def small(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False)


def instant(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def maybe_instant(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=True)
