"""What users of a load do next: one function a call, in the forms in which shipped apps send it (CLIENTS.md 7.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from liveroom.bench.mix import LEAVES_ELSEWHERE
from liveroom.bench.people import Crowd, Person, open_request, register_request, sign_request
from liveroom.bench.requests import Form, request
from liveroom.bench.wire import Answer

_ROOM_GONE: Final = 2004
_TOO_OFTEN: Final = 209
_CATEGORY: Final = "mlvb-show-live"
NOTHING: Final[frozenset[int]] = frozenset()


def _ignore(_: Answer) -> None:
    """Most answers change nothing for the user."""


@dataclass(slots=True)
class Asked:
    """A request to be sent, and what its answer means."""

    call: str
    person: Person
    request: bytes
    allowed: frozenset[int] = NOTHING
    then: Callable[[Answer], None] = _ignore


def keepalive(crowd: Crowd) -> Asked:
    return keepalive_of(crowd, crowd.anyone())


def keepalive_of(crowd: Crowd, person: Person) -> Asked:
    asked = request(crowd.target, "auth_users/user_keepalive", person.form, person.identity())
    return Asked("user_keepalive", person, asked)


def login_token(crowd: Crowd) -> Asked:
    person = crowd.anyone()
    asked = request(crowd.target, "auth_users/user_login_token", person.form, person.identity())
    return Asked("user_login_token", person, asked)


def query_user(crowd: Crowd) -> Asked:
    person = crowd.anyone()
    values = {"userId": person.id, "token": person.token}
    asked = request(crowd.target, "auth_users/user_query", Form.QUERY, values)
    return Asked("user_query", person, asked, frozenset({_TOO_OFTEN}))


def update_user(crowd: Crowd) -> Asked:
    person = crowd.anyone()
    values = {**person.identity(), "name": f"观众{crowd.dice.randrange(10_000)}🎈"}
    return Asked("user_update", person, request(crowd.target, "auth_users/user_update", person.form, values))


def logout(crowd: Crowd) -> Asked:
    """Log a viewer out who waits for no answer: a call that overtakes its own logout would be refused."""
    person = crowd.viewer()
    for _ in range(100):
        if not person.under_way:
            break
        person = crowd.viewer()
    asked = request(crowd.target, "auth_users/user_logout", person.form, person.identity())
    if not person.under_way:
        person.token = person.room = ""
        crowd.away.append(person)
    return Asked("user_logout", person, asked)


def signature(crowd: Crowd) -> Asked:
    person = crowd.away.pop() if crowd.away else crowd.viewer()
    asked = sign_request(crowd.target, person, crowd.dice)
    return Asked("oauth/signature", person, asked, then=person.take_login)


def register(crowd: Crowd) -> Asked:
    person = Person(f"bench-{crowd.dice.getrandbits(64):x}", crowd.dice.random() < 0.5, is_anchor=False)
    return Asked("oauth/register", person, register_request(crowd.target, person))


def query_created(crowd: Crowd) -> Asked:
    return _query(crowd, "createUtc")


def query_joined(crowd: Crowd) -> Asked:
    return _query(crowd, "totalJoined")


def _query(crowd: Crowd, order: str) -> Asked:
    person = crowd.anyone()
    values = {**person.room_identity(), "category": _CATEGORY, "orderBy": order}
    return Asked(f"rooms/query_room {order}", person, request(crowd.target, "rooms/query_room", Form.FORM, values))


def enter_audience(crowd: Crowd) -> Asked:
    return enter(crowd, crowd.viewer(), crowd.popular_room())


def enter(crowd: Crowd, person: Person, room: str) -> Asked:
    """Let a viewer enter a room; it may have closed in this moment."""
    values = {**person.room_identity(), "roomId": room, "role": "audience", "category": _CATEGORY}
    person.room = room
    asked = request(crowd.target, "rooms/enter_room", Form.FORM, values)
    return Asked("rooms/enter_room audience", person, asked, frozenset({_ROOM_GONE}))


def leave(crowd: Crowd) -> Asked:
    """Leave: nearly half of all leaves name a room in which the user is not."""
    person = crowd.viewer()
    room = person.room
    if crowd.dice.random() < LEAVES_ELSEWHERE or not room:
        room = crowd.popular_room()
    return leave_from(crowd, person, room)


def leave_from(crowd: Crowd, person: Person, room: str) -> Asked:
    if room == person.room:
        person.room = ""
    values = {"userId": person.id, "token": person.token, "roomId": room, "apaasUserId": person.id}
    return Asked("rooms/leave_room", person, request(crowd.target, "rooms/leave_room", Form.FORM, values))


def enter_anchor(crowd: Crowd) -> Asked:
    person = crowd.anchor(on_air=False)

    def then(answer: Answer) -> None:
        if answer.code == 0 and person not in crowd.on_air:
            crowd.on_air.append(person)

    return Asked("rooms/enter_room anchor", person, open_request(crowd.target, person), then=then)


def update_room(crowd: Crowd) -> Asked:
    person = crowd.anchor(on_air=True)
    values = {**person.room_identity(), "roomId": person.id, "title": "今晚唱歌", "cover": "https://example.com/c.png"}
    asked = request(crowd.target, "rooms/update_room", Form.FORM, values)
    return Asked("rooms/update_room", person, asked, frozenset({_ROOM_GONE}))


def destroy_room(crowd: Crowd) -> Asked:
    return destroy_of(crowd, crowd.anchor(on_air=True))


def destroy_of(crowd: Crowd, person: Person) -> Asked:
    if person in crowd.on_air:
        crowd.on_air.remove(person)
    values = {**person.room_identity(), "roomId": person.id}
    return Asked("rooms/destroy_room", person, request(crowd.target, "rooms/destroy_room", Form.FORM, values))


DRAWS: Final[dict[str, Callable[[Crowd], Asked]]] = {
    "user_keepalive": keepalive,
    "rooms/leave_room": leave,
    "rooms/query_room orderBy=createUtc": query_created,
    "rooms/query_room orderBy=totalJoined": query_joined,
    "rooms/enter_room role=audience": enter_audience,
    "rooms/enter_room role=anchor": enter_anchor,
    "rooms/update_room": update_room,
    "rooms/destroy_room": destroy_room,
    "user_login_token": login_token,
    "user_query": query_user,
    "user_update": update_user,
    "user_logout": logout,
    "oauth/signature": signature,
    "oauth/register": register,
}
"""Every call of `mix` by its name there."""
