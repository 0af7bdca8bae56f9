"""Watching a recording with its chat: by whoever could watch the broadcast.

Of a broadcast that was open to everybody, these are all who reach its owner and are not banned from its room. Of one
that had a password, was private or by invitation at some time while it was recorded, these are those who were in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import BadRequest
from liveroom.domain.messages.model import Message, read_number
from liveroom.domain.recordings.failures import RecordingNotFound
from liveroom.domain.recordings.line import Part, line_of, moment_at, place_on
from liveroom.domain.recordings.model import Recording, RecordingState
from liveroom.ports import Clock, Database, PlayableFile
from liveroom.usecases.recordings.listing import RecordingLists

_READS: Final = 20
"""How often a page is read on where nothing of what was read is to be seen."""


class Replay(NamedTuple):
    """A recording as one viewer watches it."""

    recording: Recording
    title: str
    owner: Profile
    line: Sequence[tuple[Part, PlayableFile]]


class PlacedMessage(NamedTuple):
    """A message of the broadcast, and where in the recording it was said, in milliseconds."""

    message: Message
    place: int


@dataclass(frozen=True, slots=True)
class RecordingReplays:
    """Shows recordings. All raise ``RecordingNotFound`` for whoever may not watch one, as if there were none."""

    db: Database
    clock: Clock
    lists: RecordingLists

    async def get(self, actor: Actor, id: str) -> Replay:
        """Return a recording with addresses for the actor."""
        recording = await self._watched(actor, id)
        broadcast = await self.db.broadcasts.get(recording.broadcast)
        owner = await self.db.users.get(recording.owner)
        playable = {one.file.name: one for one in self.lists.playable(recording, actor.user).files}
        line = [(part, playable[part.file.name]) for part in line_of(recording) if part.file.name in playable]
        title = "" if broadcast is None else broadcast.title
        return Replay(recording, title, Profile() if owner is None else owner.profile, line)

    async def chat(
        self, actor: Actor, id: str, *, since: int, cursor: str, limit: int
    ) -> tuple[Sequence[PlacedMessage], str]:
        """Return what was said from a place of the recording on, the oldest first, and the next cursor.

        Messages that were recalled are left out, and so is what erased people have said. Raises ``BadRequest`` for an
        invalid cursor.
        """
        recording = await self._watched(actor, id)
        after, line = read_number(cursor) if cursor else 0, line_of(recording)
        if after is None:
            raise BadRequest("cursor: invalid")
        if not line:
            return (), ""
        # The number of a message is no less than its time.
        after = max(after, moment_at(line, since) - 1)
        shown: list[PlacedMessage] = []
        for _ in range(_READS):
            found = await self.db.messages.following(recording.broadcast, after, limit - len(shown) + 1)
            page = found[: limit - len(shown)]
            shown += [PlacedMessage(one, place) for one in page if (place := _place(line, one)) is not None]
            if len(found) == len(page) or page[-1].number > line[-1].ends:
                return shown, ""
            after = page[-1].number
            if len(shown) == limit:
                break
        return shown, str(after)

    async def _watched(self, actor: Actor, id: str) -> Recording:
        recording = await self.lists.of(actor.tenant.name, id)
        if recording.state is RecordingState.DELETED:
            raise RecordingNotFound
        if recording.owner == actor.user or await self._may_watch(actor, recording):
            return recording
        if not await self.lists.ranks.is_admin(actor.user):
            raise RecordingNotFound
        return recording

    async def _may_watch(self, actor: Actor, recording: Recording) -> bool:
        if recording.state is not RecordingState.READY:
            return False
        access = await self.db.room_access.get(recording.room, actor.user)
        if access is not None and access.is_banned(self.clock.now()):
            return False
        if await self.db.blocks.blockers_among(actor.user, [recording.owner]):
            return False
        return not recording.secluded or await self.db.stays.was_in(recording.broadcast, actor.user)


def _place(line: Sequence[Part], message: Message) -> int | None:
    """Return where a message stands; None: it is not to be seen, or not part of the recording."""
    is_empty = not message.text and not message.data
    return None if is_empty or message.recalled is not None else place_on(line, message.at)
