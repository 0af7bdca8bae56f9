"""A database as the original service leaves it (contract/ORIGINAL-DATABASE.md), and what its apps do to it."""

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import jwt

from liveroom.domain.importing.accounts import derived_id
from tests.servers import Mariadb
from tests.service import salt_of

OLD_SECRET: Final = "the-original-signs-with-this-2021"
BEGAN: Final = datetime(2022, 5, 1, 8, 0, 0, tzinfo=UTC)
PASSWORD: Final = "secret"

_SHAPE: Final = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci"
_TIMES: Final = "createUtc datetime DEFAULT NULL, updateUtc datetime DEFAULT NULL"
DDL: Final = f"""
CREATE TABLE users (
  userId varchar(64) NOT NULL, name varchar(128) DEFAULT NULL, phone varchar(32) DEFAULT NULL,
  email varchar(64) DEFAULT NULL, avatar varchar(512) DEFAULT NULL, tag varchar(32) DEFAULT NULL,
  tag2 varchar(32) DEFAULT NULL, {_TIMES}, loginUtc datetime DEFAULT NULL,
  PRIMARY KEY (userId), UNIQUE KEY phone (phone), UNIQUE KEY email (email)) {_SHAPE};
CREATE TABLE user_salts (
  saltId bigint NOT NULL AUTO_INCREMENT, name varchar(128) DEFAULT NULL, salt varchar(256) DEFAULT NULL,
  ts varchar(32) DEFAULT NULL, nonce varchar(64) DEFAULT NULL, {_TIMES},
  PRIMARY KEY (saltId), UNIQUE KEY name (name)) {_SHAPE} AUTO_INCREMENT=1024;
CREATE TABLE rooms (
  id bigint NOT NULL AUTO_INCREMENT, roomId varchar(64) DEFAULT NULL, apaasAppId bigint DEFAULT NULL,
  title varchar(64) DEFAULT NULL, category varchar(32) DEFAULT NULL, appId varchar(32) DEFAULT NULL,
  createBy varchar(64) DEFAULT NULL, updateBy varchar(64) DEFAULT NULL, ownBy varchar(64) DEFAULT NULL, {_TIMES},
  removeUtc datetime DEFAULT NULL, removed tinyint DEFAULT '0', status varchar(32) DEFAULT NULL,
  subject varchar(64) DEFAULT NULL, description varchar(512) DEFAULT NULL, cover varchar(512) DEFAULT NULL,
  star bigint unsigned DEFAULT '0',
  PRIMARY KEY (id), UNIQUE KEY roomId (roomId)) {_SHAPE} AUTO_INCREMENT=1001437;
CREATE TABLE users_in_room (
  guestId bigint NOT NULL AUTO_INCREMENT, appId varchar(32) DEFAULT NULL, roomId varchar(64) DEFAULT NULL,
  userId varchar(64) DEFAULT NULL, role varchar(32) DEFAULT NULL, status varchar(32) DEFAULT NULL, {_TIMES},
  PRIMARY KEY (guestId), UNIQUE KEY room_user (roomId, userId)) {_SHAPE} AUTO_INCREMENT=3079;
CREATE TABLE sessions (
  id bigint NOT NULL AUTO_INCREMENT, sessionId varchar(64) DEFAULT NULL, phone varchar(32) DEFAULT NULL,
  email varchar(64) DEFAULT NULL, code varchar(16) DEFAULT NULL, used int DEFAULT '0', done int DEFAULT '0',
  tag varchar(32) DEFAULT NULL, {_TIMES}, PRIMARY KEY (id), UNIQUE KEY sessionId (sessionId)) {_SHAPE};
CREATE TABLE id_generator (
  id int NOT NULL AUTO_INCREMENT, phone varchar(32) DEFAULT NULL, email varchar(64) DEFAULT NULL,
  uuid varchar(128) DEFAULT NULL, createUtc datetime DEFAULT NULL,
  PRIMARY KEY (id), UNIQUE KEY phone (phone), UNIQUE KEY email (email), UNIQUE KEY uuid (uuid))
  {_SHAPE} AUTO_INCREMENT=1046027;
"""
TABLES: Final = ("users", "user_salts", "rooms", "users_in_room", "sessions", "id_generator")

Value = str | int | datetime | None


def quoted(value: Value) -> str:
    """Return a value as SQL writes it."""
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"'{value:%Y-%m-%d %H:%M:%S}'"
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def old_token(user: str, *, version: float = 1, secret: str = OLD_SECRET, **more: object) -> str:
    """Return a token as the original signs it."""
    issued = int(datetime.now(UTC).timestamp()) - 3600
    payload = {"v": version, "userId": user, "iat": issued, "exp": issued + 2_592_000, **more}
    return jwt.encode(payload, secret, "HS256")


@dataclass(frozen=True)
class Login:
    """Somebody who can sign in at the original, and as whom."""

    name: str
    tag: str
    user: str

    @property
    def salt(self) -> str:
        return salt_of(self.name, PASSWORD)


@dataclass
class OriginalDatabase:
    """The original's tables in a database of a server; each call is what one call of an app writes.

    Writes gather until somebody looks (``execute``, ``url``): a client for each would take most of the time.
    """

    server: Mariadb
    name: str
    logins: list[Login] = field(default_factory=list)
    _pending: list[str] = field(default_factory=list)
    _seconds: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def url(self) -> str:
        self.execute("")
        return self.server.url(self.name)

    def create(self) -> "OriginalDatabase":
        """Make the database with empty tables."""
        self.server.create_database(self.name)
        self.execute(DDL)
        return self

    def execute(self, sql: str) -> list[list[str]]:
        script = ";\n".join([*self._pending, sql])
        self._pending.clear()
        return self.server.execute(script, self.name) if script else []

    def insert(self, table: str, *rows: dict[str, Value], keep: bool = False) -> None:
        """Insert rows of the same columns; ``keep`` those that are there."""
        listed = ", ".join(f"({', '.join(map(quoted, row.values()))})" for row in rows)
        self._pending.append(f"INSERT {'IGNORE ' * keep}INTO {table} ({', '.join(rows[0])}) VALUES {listed}")  # noqa: S608 - test data

    def next_moment(self) -> datetime:
        return BEGAN + timedelta(seconds=next(self._seconds))

    def register(self, name: str, salt: str | None = None) -> None:
        """Do what `oauth/register` does."""
        now = self.next_moment()
        salt = salt_of(name, PASSWORD) if salt is None else salt
        self.insert("user_salts", {"name": name, "salt": salt, "createUtc": now, "updateUtc": now})

    def sign_in(self, name: str, tag: str, /, **values: Value) -> str:
        """Do what the first `oauth/signature` with a tag does; return the user's id."""
        user = str(derived_id(salt_of(name, PASSWORD), name, tag))
        self.add_user(user, **values)
        self.logins.append(Login(name, tag, user))
        return user

    def add_user(self, user: str, /, **values: Value) -> None:
        """Add a user, unless there is one of that id (the original then goes on as that one)."""
        now = self.next_moment()
        row: dict[str, Value] = {"userId": user, "createUtc": now, "updateUtc": now, "loginUtc": now, **values}
        columns, given = ", ".join(row), ", ".join(map(quoted, row.values()))
        self._pending.append(f"INSERT IGNORE INTO users ({columns}) VALUES ({given})")  # noqa: S608 - test data

    def add_room(self, room: str | None, /, **values: Value) -> None:
        now = self.next_moment()
        self.insert("rooms", {"roomId": room, "createUtc": now, "updateUtc": now, **values})

    def checksums(self) -> list[list[str]]:
        """Return what changes when anything in the tables does."""
        return self.execute(f"CHECKSUM TABLE {', '.join(TABLES)}")


def colliding_pair() -> tuple[str, str]:
    """Return two usernames whose user is the same one, as the original's 25 bits have it."""
    seen: dict[str, str] = {}
    for number in itertools.count():
        name = f"c{number}"
        salt = hashlib.md5(f"{name}-{PASSWORD}".encode(), usedforsecurity=False).hexdigest()
        user = str(derived_id(salt, name, "xiaozhibo"))
        if user in seen:
            return seen[user], name
        seen[user] = name
    raise AssertionError
