"""An original with a crowd in it: a username, a user and now and then a room for each number."""

from collections.abc import Iterator, Sequence

from liveroom.domain.importing.accounts import derived_id
from tests.original.database import BEGAN, PASSWORD, OriginalDatabase, Value
from tests.service import salt_of

_AT_ONCE = 5_000
Rows = Sequence[dict[str, Value]]


def fill(original: OriginalDatabase, *, users: int, rooms: int) -> None:
    """Write that many users, each with a username, and rooms; every tenth room is open, with ten people in it."""
    ids: list[str] = []
    for first in range(0, users, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, users))
        some = [derived_id(salt_of(f"user{number}", PASSWORD), f"user{number}", "xiaozhibo") for number in numbers]
        ids += some
        original.insert("user_salts", *map(_salt, numbers))
        original.insert("users", *map(_user, some, numbers), keep=True)
        original.execute("")
    for part in _parts(ids[:rooms]):
        original.insert("rooms", *(_room(user, number) for number, user in part), keep=True)
        original.execute("")


def _parts(ids: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    numbered = list(enumerate(dict.fromkeys(ids)))
    for first in range(0, len(numbered), _AT_ONCE):
        yield numbered[first : first + _AT_ONCE]


def _salt(number: int) -> dict[str, Value]:
    name = f"user{number}"
    return {"name": name, "salt": salt_of(name, PASSWORD), "createUtc": BEGAN, "updateUtc": BEGAN}


def _user(user: str, number: int) -> dict[str, Value]:
    picture = f"https://a.example/{number}.png"
    row: dict[str, Value] = {"userId": user, "name": f"Viewer {number}", "avatar": picture, "tag": "xiaozhibo"}
    return {**row, "createUtc": BEGAN, "updateUtc": BEGAN, "loginUtc": BEGAN}


def _room(user: str, number: int) -> dict[str, Value]:
    row: dict[str, Value] = {"roomId": user, "title": f"Room {number}", "category": "mlvb-show-live", "createBy": user}
    return {**row, "ownBy": user, "removed": int(number % 10 > 0), "createUtc": BEGAN, "updateUtc": BEGAN}
