"""``admin/*`` that find rooms and users, and warn, mute and ban people, as an operator's own server calls them."""

import itertools
from typing import Any, Final

import pytest

from liveroom.domain.ids import TenantName
from tests.contract.conftest import EMBEDDED, SERVICES
from tests.contract.scene import Stage, set_stage
from tests.service import Device, Keyholder, Service, session_of

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, SERVICES], indirect=True, scope="module")

QUERY: Final = 208
BANNED: Final = 3002
MUTED: Final = 3003
_numbers = itertools.count(1)


def fresh() -> str:
    """Return a word that no other test has."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{next(_numbers):03}") + "qq"


async def scene(service: Service) -> tuple[Stage, Keyholder]:
    """Return a room with its host and a guest in it, and the operator's server."""
    return await set_stage(service), await service.make_key()


async def named(service: Service, name: str) -> Device:
    """Return somebody of that name, whom the index has."""
    device = await service.sign_up()
    await device.call("auth_users/user_update", {"name": name})
    await service.core.jobs.user_index.follow()
    return device


async def rooms(service: Service, backend: Keyholder, **sought: Any) -> list[str]:
    await service.core.jobs.relay.run()
    return [room["roomId"] for room in (await backend.call("admin/search_rooms", sought)).data]


async def users(backend: Keyholder, text: str, **more: Any) -> list[str]:
    return [user["userId"] for user in (await backend.call("admin/search_users", {"text": text, **more})).data]


async def noted(service: Service, method: str) -> tuple[str, str, str]:
    """Return why the last call of a method was made, and what it changed: before and after."""
    await service.core.jobs.key_uses.flush()
    rows = await service.core.db.audit.newest(tenant=TenantName(""), actor="", since=None, limit=20)
    row = next(row for row in rows if row.action.endswith(method))
    return row.reason, row.before, row.after


# --- rooms ------------------------------------------------------------------------------------------------------------


async def test_a_room_is_found_by_words_whatever_hides_it_and_after_it_has_closed(service: Service) -> None:
    backend, word = await service.make_key(), fresh()
    listed, private, barred, hidden, closed = [await service.sign_up() for _ in range(5)]
    for number, host in enumerate((listed, private, barred, hidden, closed)):
        await host.go_live(title=f"{word} {number}")
    await private.call("rooms/set_options", {"roomId": private.user, "access": "private"})
    await backend.call("admin/bar_room", {"roomId": barred.user})
    await backend.call("admin/hide_room", {"roomId": hidden.user})
    await closed.call("rooms/destroy_room", {"roomId": closed.user})
    everywhere = {host.user for host in (listed, private, barred, hidden, closed)}
    assert set(await rooms(service, backend, text=word)) == everywhere
    assert await rooms(service, backend, text=word, state="closed") == [closed.user]
    assert await rooms(service, backend, text=word, state="barred") == [barred.user]
    assert await rooms(service, backend, text=word, state="hidden") == [hidden.user]
    assert await rooms(service, backend, text=f"{word} 4") == [closed.user]
    seen = await listed.call("rooms/search", {"text": word})
    assert [room["roomId"] for room in seen.data] == [listed.user], "users find what lists show"


async def test_a_room_is_found_by_its_id_and_by_its_host(service: Service) -> None:
    stage, backend = await scene(service)
    host = await named(service, f"Host {fresh()}")
    reserved = (await host.call("rooms/generate_roomid", {"title": "soon"})).data["roomId"]
    assert await rooms(service, backend, text=stage.room) == [stage.room]
    assert await rooms(service, backend, hostId=host.user) == [reserved]
    assert await rooms(
        service, backend, text=(await backend.call("admin/get_user", {"userId": host.user})).data["name"]
    )
    assert await rooms(service, backend, hostId=host.user, state="live") == []
    assert await rooms(service, backend, text=stage.room, category="another") == []


async def test_all_rooms_of_a_state_come_page_by_page(service: Service) -> None:
    stages, backend = [await set_stage(service) for _ in range(3)], await service.make_key()
    for stage in stages:
        await backend.call("admin/bar_room", {"roomId": stage.room})
    found, cursor = list[str](), ""
    while not found or cursor:
        answer = await backend.call("admin/search_rooms", {"state": "barred", "limit": 2, "cursor": cursor})
        found += [room["roomId"] for room in answer.data]
        cursor = answer.body["nextCursor"]
    assert {stage.room for stage in stages} <= set(found)
    assert len(found) == len(set(found))


async def test_a_hidden_broadcast_is_off_every_list_and_the_next_one_is_not(service: Service) -> None:
    stage, backend = await scene(service)
    shown = (await backend.call("admin/hide_room", {"roomId": stage.room, "why": "cover"})).data
    assert (shown["unlisted"], shown["barred"]) == (True, False)
    assert await noted(service, "hide_room") == ("cover", '{"unlisted":false}', '{"unlisted":true}')
    assert stage.room not in [room["roomId"] for room in await stage.guest.query(roomIds=[stage.room])]
    assert (await stage.guest.detail(stage.room)).code == 0, "whoever knows the id may enter"
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await backend.call("admin/hide_room", {"roomId": stage.room})).code == 2004
    await stage.host.go_live(stage.room)
    assert [room["roomId"] for room in await stage.guest.query(roomIds=[stage.room])] == [stage.room]


async def test_broadcasts_of_a_room_and_of_a_host_are_listed_newest_first(service: Service) -> None:
    stage, backend = await scene(service)
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    service.clock.advance(1)
    await stage.host.go_live(stage.room, title="again")
    for whose in ({"roomId": stage.room}, {"ownerId": stage.host.user}):
        second, first = (await backend.call("admin/list_broadcasts", whose)).data
        assert (second["title"], second["closeUtc"], second["reason"]) == ("again", "", "")
        assert (first["reason"], first["ownerId"]) == ("destroyed", stage.host.user)
    page = await backend.call("admin/list_broadcasts", {"roomId": stage.room, "limit": 1})
    rest = await backend.call("admin/list_broadcasts", {"roomId": stage.room, "cursor": page.body["nextCursor"]})
    assert [row["broadcastId"] for row in rest.data] == [first["broadcastId"]]
    (row,) = (await backend.call("admin/user_rooms", {"userId": stage.host.user})).data
    assert (row["roomId"], row["state"]) == (stage.room, "live")


# --- users ------------------------------------------------------------------------------------------------------------


async def test_users_are_found_by_words_of_their_name_as_it_is_now(service: Service) -> None:
    backend, word = await service.make_key(), fresh()
    ann = await named(service, f"Ann-{word} Lee")
    ming = await named(service, f"{word} 小明明")
    assert await users(backend, f"lee {word}") == [ann.user]
    assert await users(backend, f"明明 {word}") == [ming.user]
    assert set(await users(backend, word.upper())) == {ann.user, ming.user}
    first = await backend.call("admin/search_users", {"text": word, "limit": 1})
    second = await users(backend, word, limit=1, cursor=first.body["nextCursor"])
    assert {first.data[0]["userId"], *second} == {ann.user, ming.user}
    await ann.call("auth_users/user_update", {"name": "Bob"})
    await ming.call("auth_users/user_delete")
    await service.core.jobs.user_index.follow()
    assert await users(backend, word) == []


async def test_users_are_found_by_id_username_and_contact(service: Service) -> None:
    backend, guest = await service.make_key(), await service.sign_up()
    own = {"username": f"kunde {fresh()}", "tag": "shop"}
    made = (await backend.call("admin/create_user", own)).data["userId"]
    proof = await service.ask_code()
    phone, login = proof["phone"], (await service.call("auth_users/user_login_code", proof)).data["userId"]
    assert await users(backend, guest.user) == [guest.user]
    assert await users(backend, guest.account.username.upper()) == [guest.user]
    assert await users(backend, own["username"]) == [made]
    assert await users(backend, f"+{phone}") == [login]
    assert (await backend.call("admin/search_users", {"text": "–"})).code == QUERY


async def test_of_several_sessions_one_is_ended(service: Service) -> None:
    backend, phone = await service.make_key(), await service.sign_up()
    service.clock.advance(1)
    tablet = await phone.account.sign_in()
    await tablet.call("auth_users/user_keepalive")
    going_on = (await backend.call("admin/user_sessions", {"userId": phone.user})).data
    assert [session["sessionId"] for session in going_on[:1]] == [session_of(tablet.token)]
    assert [source["source"] for source in going_on[0]["sources"]] == ["keepalive"]
    one = {"userId": phone.user, "sessionId": session_of(tablet.token)}
    ended = [(await backend.call("admin/end_session", one)).data["ended"] for _ in range(2)]
    assert ended == [True, False]
    assert (await tablet.call("auth_users/user_keepalive")).code == 204
    assert (await phone.call("auth_users/user_keepalive")).code == 0
    rows = {row["sessionId"]: row for row in (await backend.call("admin/user_sessions", {"userId": phone.user})).data}
    assert (rows[session_of(tablet.token)]["reason"], rows[session_of(phone.token)]["endUtc"]) == ("logout", "")
    other = {"userId": (await service.sign_up()).user, "sessionId": session_of(phone.token)}
    assert not (await backend.call("admin/end_session", other)).data["ended"], "it is somebody else's"


async def test_stays_say_where_somebody_was_and_why_they_left(service: Service) -> None:
    stage, backend = await scene(service)
    service.clock.advance(60)
    await stage.guest.leave(stage.room)
    service.clock.advance(1)
    await stage.guest.enter(stage.room, "audience")
    await service.core.jobs.backlog.write_all()
    now, before = (await backend.call("admin/user_stays", {"userId": stage.guest.user})).data
    assert (now["leaveUtc"], now["reason"], now["roomId"]) == ("", "", stage.room)
    assert (before["seconds"], before["reason"], before["role"]) == (60, "left", "audience")
    page = await backend.call("admin/user_stays", {"userId": stage.guest.user, "limit": 1})
    rest = {"userId": stage.guest.user, "cursor": page.body["nextCursor"]}
    assert (await backend.call("admin/user_stays", rest)).data == [before]
    assert (await backend.call("admin/user_stays", {**rest, "cursor": "x"})).code == QUERY


# --- doing something to people ----------------------------------------------------------------------------------------


async def test_the_operator_mutes_and_bans_whomever_in_a_room(service: Service) -> None:
    stage, backend = await scene(service)
    moderator = await stage.moderator()
    about = {"roomId": stage.room, "userId": moderator.user}
    until = (await backend.call("admin/mute_user", {**about, "seconds": 600, "reason": "spam"})).data["untilUtc"]
    assert until
    said = {"roomId": stage.room, "text": "hello"}
    assert (await moderator.call("messages/send", said)).code == MUTED
    assert (await backend.call("admin/user_bans", {"userId": moderator.user})).data["rooms"] == [
        {"roomId": stage.room, "banned": False, "bannedUntil": "", "banReason": "", "muted": True,
         "mutedUntil": until, "muteReason": "spam", "by": ""}
    ]  # fmt: skip
    _, before, after = await noted(service, "mute_user")
    assert (before, '"muteReason":"spam"' in after) == ('{"muted":"","muteReason":""}', True)
    assert (await backend.call("admin/unmute_user", about)).code == 0
    assert (await moderator.call("messages/send", said)).code == 0
    assert (await backend.call("admin/ban_from_room", about)).data["untilUtc"] == ""
    assert moderator.user not in await stage.host.members(stage.room)
    assert (await moderator.enter(stage.room, "audience")).code == BANNED
    assert (await backend.call("admin/unban_from_room", about)).code == 0
    assert (await moderator.enter(stage.room, "audience")).code == 0
    assert (await backend.call("admin/ban_from_room", {**about, "userId": stage.host.user})).code == 3000


async def test_an_audit_of_the_room_does_not_show_its_owner_what_the_operator_does(service: Service) -> None:
    stage, backend = await scene(service)
    await backend.call("admin/mute_user", {"roomId": stage.room, "userId": stage.guest.user})
    rows = (await stage.host.call("moderation/audit", {"roomId": stage.room})).data
    assert "admin" not in str(rows)


async def test_a_warning_is_kept_counted_and_told(service: Service) -> None:
    stage, backend = await scene(service)
    about = {"userId": stage.guest.user, "roomId": stage.room, "text": "no advertising"}
    given = [(await backend.call("admin/warn_user", about)).data["count"] for _ in range(2)]
    assert given == [1, 2]
    host = (await backend.call("admin/warn_room", {"roomId": stage.room, "text": "change the cover"})).data
    assert (host["userId"], host["count"], host["roomId"]) == (stage.host.user, 1, stage.room)
    stated = (await stage.guest.call("moderation/statements")).data
    assert [(row["measure"], row["text"]) for row in stated] == [("warn", "no advertising")] * 2
    assert (await backend.call("admin/list_notes", {"userId": stage.guest.user})).data == []
    await stage.host.call("rooms/destroy_room", {"roomId": stage.room})
    assert (await backend.call("admin/warn_room", {"roomId": stage.room, "text": "late"})).code == 2004
    assert (await backend.call("admin/warn_user", {**about, "roomId": "nowhere"})).code == 2004


async def test_notes_are_written_and_deleted_and_go_with_the_account(service: Service) -> None:
    backend, user = await service.make_key(), await service.sign_up()
    first = (await backend.call("admin/add_note", {"userId": user.user, "text": "one"})).data
    service.clock.advance(1)
    second = (await backend.call("admin/add_note", {"userId": user.user, "text": "two"})).data
    listed = (await backend.call("admin/list_notes", {"userId": user.user})).data
    assert [row["text"] for row in listed] == ["two", "one"]
    gone = [(await backend.call("admin/delete_note", {"noteId": second["noteId"]})).data["deleted"] for _ in range(2)]
    assert gone == [True, False]
    assert (await backend.call("admin/list_notes", {"userId": user.user})).data == [first]
    await user.call("auth_users/user_delete")
    await service.core.jobs.deleted_users.erase()
    assert await service.core.db.notes.get(first["noteId"]) is None
    assert (await backend.call("admin/add_note", {"userId": user.user, "text": "late"})).code == 206


async def test_of_another_tenant_nothing_is_found_or_changed(service: Service) -> None:
    stage, _ = await scene(service)
    await service.make_tenant("people")
    elsewhere = await service.make_key("people")
    ours = {"roomId": stage.room, "userId": stage.guest.user}
    assert await rooms(service, elsewhere, text=stage.room) == []
    assert await users(elsewhere, stage.guest.user) == []
    for method, code in {
        "hide_room": 2004, "mute_user": 2004, "ban_from_room": 2004, "warn_room": 2004,
        "user_sessions": 206, "user_stays": 206, "user_bans": 206, "list_notes": 206,
    }.items():  # fmt: skip
        assert (await elsewhere.call(f"admin/{method}", {**ours, "text": "t"})).code == code, method
    assert (await elsewhere.call("admin/list_broadcasts", {"roomId": stage.room})).data == []
    assert (await elsewhere.call("admin/user_rooms", {"userId": stage.host.user})).data == []


async def test_what_the_operator_changes_of_users_and_rooms_is_in_the_audit(service: Service) -> None:
    stage, backend = await scene(service)
    user = {"userId": stage.guest.user}
    await backend.call("admin/update_user", {**user, "name": "New", "why": "asked for"})
    assert await noted(service, "update_user") == ("asked for", '{"name":""}', '{"name":"New"}')
    await backend.call("admin/set_admin", {**user, "admin": "1"})
    assert await noted(service, "set_admin") == ("", '{"admin":false}', '{"admin":true}')
    await backend.call("admin/ban_user", {**user, "reason": "spam"})
    assert (await noted(service, "ban_user"))[1:] == (
        '{"bannedUntil":"","banReason":""}', '{"bannedUntil":"9999-12-31 23:59:59","banReason":"spam"}'
    )  # fmt: skip
    await backend.call("admin/update_room", {"roomId": stage.room, "title": "New"})
    assert (await noted(service, "update_room"))[2] == '{"title":"New"}'
    await backend.call("admin/close_room", {"roomId": stage.room})
    assert await noted(service, "close_room") == ("", '{"state":"live"}', '{"state":"closed"}')
