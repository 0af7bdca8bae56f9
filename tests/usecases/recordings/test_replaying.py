"""RecordingReplays: who may watch one, and which messages stand in it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.messages.model import Draft, MessageType, Priority
from liveroom.domain.moments import moment
from liveroom.domain.privacy.erasures import ROUNDS
from liveroom.domain.recordings.failures import RecordingNotFound
from liveroom.domain.recordings.model import Recording, RecordingFile, RecordingReportKind, RecordingState
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import Access, OptionChanges
from liveroom.usecases.recordings.replaying import RecordingReplays
from tests.usecases.recordings.conftest import Show

MINUTE = timedelta(minutes=1)


def _replays(show: Show) -> RecordingReplays:
    return show.core.services.recordings.replays


async def _say(show: Show, who: Actor, text: str) -> str:
    draft = Draft(MessageType.TEXT, Priority.NORMAL, text)
    return (await show.core.services.messages.send(who, show.room, draft)).id


async def _begun(show: Show) -> Recording:
    """Return a recording that runs."""
    recording = await show.start()
    await show.go_on()
    await show.go_on()
    return recording


async def _over(show: Show, recording: Recording, *files: RecordingFile) -> None:
    """End a recording, which has these files."""
    await show.core.services.recordings.recordings.stop(show.host, recording.id)
    await show.go_on()
    await show.report(recording.id, RecordingReportKind.FILES, *files)
    await show.core.live.persist()
    assert await show.state(recording.id) is RecordingState.READY


def _file(show: Show, seconds: float) -> RecordingFile:
    """Return a file that begins now."""
    now = moment(show.core.clock.now())
    return RecordingFile(f"live/{now}.flv", "", "flv", 1, seconds, now)


async def _ready(show: Show) -> Recording:
    recording = await _begun(show)
    await _over(show, recording, _file(show, 60))
    return recording


async def _said(show: Show, who: Actor, id: str, since: int = 0) -> list[tuple[str, int]]:
    found, _ = await _replays(show).chat(who, id, since=since, cursor="", limit=100)
    return [(one.message.text, one.place) for one in found]


async def test_the_chat_stands_where_it_was_said_also_over_several_files(show: Show) -> None:
    recording = await _begun(show)
    await _say(show, show.guest, "before")
    show.world.pass_by(1)
    first = _file(show, 10)
    await _say(show, show.guest, "first")
    show.world.pass_by(4)
    await _say(show, show.host, "second")
    show.world.pass_by(16)
    await _say(show, show.guest, "while nothing was written")
    show.world.pass_by(5)
    second = _file(show, 10)
    show.world.pass_by(5)
    await _say(show, show.guest, "third")
    show.world.pass_by(10)
    await _say(show, show.guest, "behind")
    await _over(show, recording, second, first)
    expected = [("first", 0), ("second", 4000), ("while nothing was written", 10_000), ("third", 15_000)]
    whole = await _said(show, show.guest, recording.id)
    assert [text for text, _ in whole] == [text for text, _ in expected]
    assert [place for _, place in whole] == pytest.approx([place for _, place in expected], abs=50)
    assert [text for text, _ in await _said(show, show.guest, recording.id, since=10_000)] == ["third"]
    replay = await _replays(show).get(show.guest, recording.id)
    assert [part.offset for part, _ in replay.line] == [0, 10_000]


async def test_recalled_messages_and_those_of_deleted_people_are_absent(show: Show) -> None:
    recording = await _begun(show)
    first = _file(show, 60)
    gone = await show.world.make_actor()
    await show.core.services.entering.enter(gone, show.room, role="audience", changes=RoomChanges())
    recalled = await _say(show, show.guest, "taken back")
    await _say(show, gone, "of somebody who goes")
    show.world.pass_by(1)
    await _say(show, show.guest, "stays")
    await show.core.services.messages.recall(show.host, show.room, recalled)
    await _over(show, recording, first)
    assert [text for text, _ in await _said(show, show.guest, recording.id)] == ["of somebody who goes", "stays"]
    await show.core.moderation.delete(gone.user)
    for _ in ROUNDS:
        await show.core.jobs.deleted_users.erase()
        show.world.pass_by((ROUNDS[-1] + MINUTE).total_seconds())
    assert [text for text, _ in await _said(show, show.guest, recording.id)] == ["stays"]


async def test_the_chat_comes_in_pages(show: Show) -> None:
    recording = await _begun(show)
    first = _file(show, 60)
    for number in range(5):
        show.world.pass_by(2)
        await _say(show, show.guest, str(number))
    await _over(show, recording, first)
    seen, cursor = [], ""
    for _ in range(3):
        found, cursor = await _replays(show).chat(show.guest, recording.id, since=0, cursor=cursor, limit=2)
        seen.append([one.message.text for one in found])
    assert (seen, cursor) == ([["0", "1"], ["2", "3"], ["4"]], "")
    with pytest.raises(BadRequest):
        await _replays(show).chat(show.guest, recording.id, since=0, cursor="x", limit=2)


async def test_a_public_broadcast_is_watched_by_everybody_once_there_is_something_to_watch(show: Show) -> None:
    stranger = await show.world.make_actor()
    recording = await _begun(show)
    with pytest.raises(RecordingNotFound):
        await _replays(show).get(stranger, recording.id)
    assert (await _replays(show).get(show.host, recording.id)).line == []
    await _over(show, recording, _file(show, 60))
    assert (await _replays(show).get(stranger, recording.id)).recording.id == recording.id
    await show.core.services.recordings.recordings.delete(show.host, recording.id)
    for who in (stranger, show.host):
        with pytest.raises(RecordingNotFound):
            await _replays(show).get(who, recording.id)


async def _password(show: Show) -> None:
    options = show.core.services.room_settings.options
    await options.set(show.host, show.room, OptionChanges(), password="open sesame")
    await options.set(show.host, show.room, OptionChanges(), password="")


async def _invited(show: Show) -> None:
    options = show.core.services.room_settings.options
    await options.set(show.host, show.room, OptionChanges(access=Access.INVITED))
    await options.set(show.host, show.room, OptionChanges(access=Access.PUBLIC))


@pytest.mark.parametrize("close_door", [_password, _invited])
async def test_what_was_not_for_everybody_for_a_while_is_watched_by_those_who_were_there(
    show: Show, close_door: Callable[[Show], Awaitable[None]]
) -> None:
    stranger = await show.world.make_actor()
    recording = await _begun(show)
    await close_door(show)
    await _over(show, recording, _file(show, 60))
    assert (await _replays(show).get(show.guest, recording.id)).recording.id == recording.id
    for call in (_replays(show).get(stranger, recording.id), _said(show, stranger, recording.id)):
        with pytest.raises(RecordingNotFound):
            await call


async def test_what_is_not_for_everybody_from_the_start_is_watched_by_those_who_were_there(show: Show) -> None:
    await show.core.services.room_settings.options.set(show.host, show.room, OptionChanges(access=Access.PRIVATE))
    recording = await _ready(show)
    with pytest.raises(RecordingNotFound):
        await _replays(show).get(await show.world.make_actor(), recording.id)
    assert (await _replays(show).get(show.guest, recording.id)).recording.id == recording.id


async def test_whoever_is_banned_from_the_room_or_blocked_by_its_owner_finds_nothing(show: Show) -> None:
    recording = await _ready(show)
    banned, blocked = await show.world.make_actor(), await show.world.make_actor()
    await show.core.services.room_moderation.ban(show.host, show.room, banned.user, lasts=MINUTE, reason="")
    await show.core.services.following.blocks.add(show.host, blocked.user)
    for who in (banned, blocked):
        with pytest.raises(RecordingNotFound):
            await _replays(show).get(who, recording.id)
    show.world.pass_by(61)
    assert (await _replays(show).get(banned, recording.id)).recording.id == recording.id


async def test_an_admin_watches_what_others_may_not(show: Show) -> None:
    await show.core.services.room_settings.options.set(show.host, show.room, OptionChanges(access=Access.PRIVATE))
    recording = await _ready(show)
    admin = await show.world.make_actor()
    await show.core.moderation.name_admin(admin.user, admin=True)
    assert (await _replays(show).get(admin, recording.id)).recording.id == recording.id
