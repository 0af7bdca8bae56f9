"""What users of a load do next: one function a call, in the forms in which shipped apps send it (CLIENTS.md 7.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from liveroom.bench.mix import LEAVES_ELSEWHERE
from liveroom.bench.people import Person, SimulatedUsers, open_request, register_request, sign_request
from liveroom.bench.requests import Form, request
from liveroom.bench.wire import WireAnswer

_ROOM_GONE: Final = 2004
_TOO_OFTEN: Final = 209
_CATEGORY: Final = "mlvb-show-live"
NOTHING: Final[frozenset[int]] = frozenset()


def _ignore(_: WireAnswer) -> None:
    """Most answers change nothing for the user."""


@dataclass(slots=True)
class CallToMake:
    """A request to be sent, and what its answer means."""

    call: str
    person: Person
    request: bytes
    allowed: frozenset[int] = NOTHING
    then: Callable[[WireAnswer], None] = _ignore


def keepalive(crowd: SimulatedUsers) -> CallToMake:
    return keepalive_of(crowd, crowd.anyone())


def keepalive_of(crowd: SimulatedUsers, person: Person) -> CallToMake:
    asked = request(crowd.target, "auth_users/user_keepalive", person.form, person.identity())
    return CallToMake("user_keepalive", person, asked)


def login_token(crowd: SimulatedUsers) -> CallToMake:
    person = crowd.anyone()
    asked = request(crowd.target, "auth_users/user_login_token", person.form, person.identity())
    return CallToMake("user_login_token", person, asked)


def query_user(crowd: SimulatedUsers) -> CallToMake:
    person = crowd.anyone()
    values = {"userId": person.id, "token": person.token}
    asked = request(crowd.target, "auth_users/user_query", Form.QUERY, values)
    return CallToMake("user_query", person, asked, frozenset({_TOO_OFTEN}))


def update_user(crowd: SimulatedUsers) -> CallToMake:
    person = crowd.anyone()
    values = {**person.identity(), "name": f"观众{crowd.dice.randrange(10_000)}🎈"}
    return CallToMake("user_update", person, request(crowd.target, "auth_users/user_update", person.form, values))


def logout(crowd: SimulatedUsers) -> CallToMake:
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
    return CallToMake("user_logout", person, asked)


def signature(crowd: SimulatedUsers) -> CallToMake:
    person = crowd.away.pop() if crowd.away else crowd.viewer()
    asked = sign_request(crowd.target, person, crowd.dice)
    return CallToMake("oauth/signature", person, asked, then=person.take_login)


def register(crowd: SimulatedUsers) -> CallToMake:
    person = Person(f"bench-{crowd.dice.getrandbits(64):x}", crowd.dice.random() < 0.5, is_anchor=False)
    return CallToMake("oauth/register", person, register_request(crowd.target, person))


def query_created(crowd: SimulatedUsers) -> CallToMake:
    return _query(crowd, "createUtc")


def query_joined(crowd: SimulatedUsers) -> CallToMake:
    return _query(crowd, "totalJoined")


def _query(crowd: SimulatedUsers, order: str) -> CallToMake:
    person = crowd.anyone()
    values = {**person.room_identity(), "category": _CATEGORY, "orderBy": order}
    return CallToMake(f"rooms/query_room {order}", person, request(crowd.target, "rooms/query_room", Form.FORM, values))


def enter_audience(crowd: SimulatedUsers) -> CallToMake:
    return enter(crowd, crowd.viewer(), crowd.popular_room())


def enter(crowd: SimulatedUsers, person: Person, room: str) -> CallToMake:
    """Let a viewer enter a room; it may have closed in this moment."""
    values = {**person.room_identity(), "roomId": room, "role": "audience", "category": _CATEGORY}
    person.room = room
    asked = request(crowd.target, "rooms/enter_room", Form.FORM, values)
    return CallToMake("rooms/enter_room audience", person, asked, frozenset({_ROOM_GONE}))


def leave(crowd: SimulatedUsers) -> CallToMake:
    """Leave: nearly half of all leaves name a room in which the user is not."""
    person = crowd.viewer()
    room = person.room
    if crowd.dice.random() < LEAVES_ELSEWHERE or not room:
        room = crowd.popular_room()
    return leave_from(crowd, person, room)


def leave_from(crowd: SimulatedUsers, person: Person, room: str) -> CallToMake:
    if room == person.room:
        person.room = ""
    values = {"userId": person.id, "token": person.token, "roomId": room, "apaasUserId": person.id}
    return CallToMake("rooms/leave_room", person, request(crowd.target, "rooms/leave_room", Form.FORM, values))


def enter_anchor(crowd: SimulatedUsers) -> CallToMake:
    person = crowd.anchor(on_air=False)

    def then(answer: WireAnswer) -> None:
        if answer.code == 0 and person not in crowd.on_air:
            crowd.on_air.append(person)

    return CallToMake("rooms/enter_room anchor", person, open_request(crowd.target, person), then=then)


def update_room(crowd: SimulatedUsers) -> CallToMake:
    person = crowd.anchor(on_air=True)
    values = {**person.room_identity(), "roomId": person.id, "title": "今晚唱歌", "cover": "https://example.com/c.png"}
    asked = request(crowd.target, "rooms/update_room", Form.FORM, values)
    return CallToMake("rooms/update_room", person, asked, frozenset({_ROOM_GONE}))


def destroy_room(crowd: SimulatedUsers) -> CallToMake:
    return destroy_of(crowd, crowd.anchor(on_air=True))


def destroy_of(crowd: SimulatedUsers, person: Person) -> CallToMake:
    if person in crowd.on_air:
        crowd.on_air.remove(person)
    values = {**person.room_identity(), "roomId": person.id}
    return CallToMake("rooms/destroy_room", person, request(crowd.target, "rooms/destroy_room", Form.FORM, values))


DRAWS: Final[dict[str, Callable[[SimulatedUsers], CallToMake]]] = {
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
