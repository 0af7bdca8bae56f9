"""Users of the original, with their ids. A user whom nobody has changed here follows the original."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from liveroom.domain.accounts.contacts import read_email, read_phone
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import BadRequest, EmailInvalid
from liveroom.domain.events.outbox import UserProfileChanged
from liveroom.domain.ids import TenantName, UserId
from liveroom.ports import Clock, Tx
from liveroom.ports.importing import Holding, ImportedRow, ImportKind, OriginalUser
from liveroom.usecases.importing.report import Tally, digest

NO_ID: Final = "users without an id"
NOT_OURS: Final = "users whose id is somebody else's here"
ROOM_OF_ANOTHER: Final = "users whose own id names a room of somebody else's here"
NO_PHONE: Final = "phone numbers that are none: left empty"
NO_EMAIL: Final = "e-mail addresses that are none: left empty"


@dataclass(frozen=True, slots=True)
class UserImporter:
    """Imports users, a batch in a transaction."""

    clock: Clock
    tenant: TenantName

    async def import_batch(self, tx: Tx, rows: Sequence[OriginalUser]) -> Tally:
        """Import what is new and follow what has changed."""
        tally = Tally()
        rows = [row for row in rows if self._has_id(row, tally)]
        ids = [UserId(row.id) for row in rows]
        known = await tx.imports.known(ImportKind.USER, ids)
        here = {user.id: user for user in await tx.users.list(ids)}
        fresh, notes = [], []
        for row in rows:
            imported = known.get(row.id)
            user = await self._import_one(tx, row, imported, here.get(UserId(row.id)), tally)
            if user is not None:
                notes.append(ImportedRow(ImportKind.USER, row.id, _stamp(row), _mark(user)))
                fresh += [user] if imported is None else []
        held = await tx.imports.claim_ids({user.id: Holding(user.id, self.tenant) for user in fresh})
        for user in fresh:
            if held[user.id].holder != user.id:
                tally.note(ROOM_OF_ANOTHER, user.id)
        await tx.imports.add_users(fresh)
        await tx.imports.note(notes)
        return tally

    async def _import_one(
        self, tx: Tx, row: OriginalUser, imported: ImportedRow | None, here: User | None, tally: Tally
    ) -> User | None:
        """Return the user as they are to be noted, or None when there is nothing to note."""
        if imported is None and here is None:
            tally.imported += 1
            return self._read(row, tally)
        if imported is None:
            tally.leave_out(NOT_OURS, row.id)
        elif imported.digest == _stamp(row):
            tally.unchanged += 1
        elif here is None or here.deleted is not None or _mark(here) != imported.mark:
            tally.kept += 1
        else:
            tally.changed += 1
            return await self._follow(tx, here, self._read(row, tally))
        return None

    async def _follow(self, tx: Tx, here: User, read: User) -> User:
        """Change an untouched user to what the original says now."""
        user = replace(read, created=here.created)
        await tx.users.put(user)
        if user.profile != here.profile:
            await tx.outbox.add(self.tenant, UserProfileChanged(user.id), self.clock.now())
        return user

    def _read(self, row: OriginalUser, tally: Tally) -> User:
        now = self.clock.now()
        created = row.created or row.updated or now
        user = User(UserId(row.id), self.tenant, created, row.updated or created)
        user = replace(user, name=row.name, avatar=row.avatar, tag=row.tag, tag2=row.tag2)
        return replace(user, phone=_phone(row, tally), email=_email(row, tally))

    @staticmethod
    def _has_id(row: OriginalUser, tally: Tally) -> bool:
        if not row.id:
            tally.leave_out(NO_ID, "")
        return bool(row.id)


def _stamp(row: OriginalUser) -> str:
    return digest(*row)


def _mark(user: User) -> int:
    """Return by what a user is known to be as the import left them: every change here moves the time."""
    return round(user.updated.timestamp() * 1000)


def _phone(row: OriginalUser, tally: Tally) -> str:
    try:
        return read_phone(row.phone) if row.phone else ""
    except BadRequest:
        tally.note(NO_PHONE, row.id)
        return ""


def _email(row: OriginalUser, tally: Tally) -> str:
    try:
        return read_email(row.email) if row.email else ""
    except EmailInvalid:
        tally.note(NO_EMAIL, row.id)
        return ""
