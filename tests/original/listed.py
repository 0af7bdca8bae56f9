"""An original that is a few lists, for what does not depend on its database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from liveroom.app.importing import make_import
from liveroom.domain.importing.accounts import derived_id
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.ports.importing import OriginalMember, OriginalRoom, OriginalSalt, OriginalUser, Sizes
from liveroom.usecases.importing.report import ImportReport
from tests.original.database import PASSWORD
from tests.service import Service, salt_of

LONG_AGO = datetime(2022, 5, 1, tzinfo=UTC)


@dataclass
class ListedOriginal:
    """``ports.Original``; tests fill the lists as apps fill tables."""

    people: list[OriginalUser] = field(default_factory=list)
    names: list[OriginalSalt] = field(default_factory=list)
    shows: list[OriginalRoom] = field(default_factory=list)

    async def missing_tables(self) -> Sequence[str]:
        return ()

    async def sizes(self) -> Sizes:
        return Sizes(len(self.people), len(self.names), len(self.shows))

    async def users(self, after: str, limit: int) -> Sequence[OriginalUser]:
        return sorted(user for user in self.people if user.id > after)[:limit]

    async def salts(self, after: int, limit: int) -> Sequence[OriginalSalt]:
        return [salt for salt in self.names if salt.id > after][:limit]

    async def rooms(self, after: int, limit: int) -> Sequence[OriginalRoom]:
        return [room for room in self.shows if room.number > after][:limit]

    async def members(self, rooms: Collection[str], since: datetime) -> Sequence[OriginalMember]:
        return ()

    def register(self, name: str) -> None:
        salt = salt_of(name, PASSWORD)
        self.names.append(OriginalSalt(1024 + len(self.names), name, salt, LONG_AGO, LONG_AGO))

    def sign_in(self, name: str, tag: str, **values: str) -> str:
        """Make the user that a login with the tag makes; return the id."""
        user = str(derived_id(salt_of(name, PASSWORD), name, tag))
        if all(other.id != user for other in self.people):
            self.add_user(user, **values)
        return user

    def add_user(self, user: str, **values: str) -> None:
        texts = {"name": "", "phone": "", "email": "", "avatar": "", "tag": "", "tag2": "", **values}
        self.people.append(OriginalUser(user, **texts, created=LONG_AGO, updated=LONG_AGO))

    async def move_into(self, service: Service) -> ImportReport:
        """Run an import into a running service's database."""
        core = service.core
        return await make_import(self, core.db, core.clock, core.keys, PresenceTimeouts()).run()
