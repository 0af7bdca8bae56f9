"""The requests that shipped clients are known to send, each made for fresh people and a fresh room.

`tests/data/requests.json` and `canonical.json` are the contract's own files. The code is 0 unless `expected_codes.json`
says why not.
"""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.service import Account, Answer, Caller, Device, fresh_contact, salt_of

DATA: Final = Path(__file__).parent.parent / "data"
ENTRIES: Final[list[dict[str, Any]]] = json.loads((DATA / "requests.json").read_text())
CANONICAL: Final[dict[str, dict[str, Any]]] = json.loads((DATA / "canonical.json").read_text())
EXPECTED: Final[dict[str, dict[str, Any]]] = json.loads((DATA / "expected_codes.json").read_text())
_NEEDS_ROOM: Final = frozenset({"update_room", "leave_room", "destroy_room", "query_room", "room_detail", "list_users"})
_numbers = itertools.count(1)


def key_of(entry: Mapping[str, Any]) -> str:
    return f"{entry['client']} {entry['method']} {entry['endpoint']}"


@dataclass(frozen=True)
class People:
    """The fresh people of one replay: who sends it, somebody else, and an account that never signed in."""

    me: Device
    other: Device
    unknown: Account


async def _people(caller: Caller, entry: Mapping[str, Any]) -> People:
    name = f"fresh-{next(_numbers)}"
    fresh = Account(caller, name, salt_of(name, "secret"))
    if not entry["endpoint"].endswith("register"):
        await fresh.call("oauth/register", {"username": fresh.username, "salt": fresh.salt})
    return People(await caller.sign_up(), await caller.sign_up(), fresh)


async def _room(entry: Mapping[str, Any], me: Device) -> str:
    """Return the room that the client would name: XiaoZhiBo's is its user's own id, the meeting's is generated."""
    category = entry["params"].get("category", {}).get("example", "mlvb-show-live")
    room = me.user
    if entry["client"] == "tuiroom-web":
        room = (await me.call("rooms/generate_roomid", {"category": category})).data["roomId"]
    if entry["endpoint"].rpartition("/")[2] in _NEEDS_ROOM:
        await me.go_live(room, category=category)
    return room


def _fill(entry: Mapping[str, Any], people: People, room: str, *, whole: bool) -> dict[str, Any]:
    """Return the parameters; the examples' other people (1001, 1002) become people of this service."""
    params = {
        name: about["example"] for name, about in entry["params"].items() if whole or about.get("required", False)
    }
    for name, value in params.items():
        if isinstance(value, str):
            params[name] = value.replace("1001", people.me.user).replace("1002", people.other.user)
    account = people.unknown
    signed = account.caller.sign(account.username, account.salt, **_signed(params))
    filling = {
        "{{userId}}": people.me.user,
        "{{token}}": people.me.token,
        "{{roomId}}": room,
        "{{username}}": account.username,
        "{{salt}}": account.salt,
        "{{tsMillis}}": signed["ts"],
        "{{signature}}": signed["signature"],
    }
    return {name: filling.get(value, value) if isinstance(value, str) else value for name, value in params.items()}


async def _fill_contact(caller: Caller, entry: Mapping[str, Any], params: dict[str, Any]) -> None:
    """Replace the examples' number and mailbox by fresh ones, and have the code sent there that is to be entered.

    Of a client that leaves both out at times, never both: what is left is the mailbox.
    """
    number, mailbox = fresh_contact()
    if not (params.get("phone") or params.get("email")):
        params["email"] = mailbox
    for name, fresh in (("phone", number), ("email", mailbox)):
        if params.get(name):
            params[name] = fresh
    if "sessionId" in params:
        known = {name: params[name] for name in ("phone", "email", "apaasAppId") if params.get(name)}
        params.update(await caller.ask_code(**known))


def _signed(params: Mapping[str, Any]) -> dict[str, str]:
    return {name: params[name] for name in ("tag", "nonce", "hash") if name in params}


async def replay(caller: Caller, entry: Mapping[str, Any], *, whole: bool) -> Answer:
    """Send the request as the client does, with all its parameters or with those alone that it never leaves out."""
    people = await _people(caller, entry)
    params = _fill(entry, people, await _room(entry, people.me), whole=whole)
    if entry["endpoint"].endswith(("user_verify_by_picture", "user_login_code")):
        await _fill_contact(caller, entry, params)
    carried: dict[str, dict[str, Any]] = {
        "query": {"query": params},
        "form": {"form": params},
        "json": {"body": params},
        "query+json": {"query": params, "body": params},
        "none": {},
    }
    return await caller.send(entry["method"], entry["endpoint"], **carried[entry["encoding"]])


def has_options(entry: Mapping[str, Any]) -> bool:
    """Say whether the client leaves some parameters out at times."""
    return any(not about.get("required", False) for about in entry["params"].values())


def expected_code(entry: Mapping[str, Any]) -> int:
    return int(EXPECTED.get(key_of(entry), {"code": 0})["code"])


def lacking(wanted: Any, found: Any, place: str) -> Iterator[str]:
    """Yield where an answer lacks a field of the canonical one, or has another type there."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            if name not in found:
                yield f"{place}.{name}"
            else:
                yield from lacking(value, found[name], f"{place}.{name}")
    elif isinstance(wanted, list) and isinstance(found, list):
        for item in found:
            yield from lacking(wanted[0], item, f"{place}[]")
    elif type(wanted) is not type(found):
        yield f"{place}: {found!r} for {wanted!r}"
