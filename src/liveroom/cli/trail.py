"""The audit of commands: what an operator does by hand is written down like what is done with keys and in rooms."""

import getpass
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit

from liveroom.api.codes import Code, code_of
from liveroom.app.assembly import Core
from liveroom.domain.errors import DatabaseUnavailable, Failure
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId, new_id
from liveroom.domain.moderation.audit import AuditEntry, AuditId, actor_of_command
from liveroom.settings import Settings, SettingsError
from liveroom.store.sql import schema
from liveroom.store.sql.moderation import audit
from liveroom.store.sql.schema import SchemaState


def actor() -> str:
    """Return who gives commands: the one who logged in, also behind sudo, else the user of this process."""
    try:
        user = os.getlogin()
    except OSError:
        user = _process_user()
    return actor_of_command(user, socket.gethostname())


@asynccontextmanager
async def noted(
    core: Core, action: str, subject: str = "", *, tenant: TenantName = DEFAULT_TENANT, room: str = "", reason: str = ""
) -> AsyncIterator[None]:
    """Write down what a command is about to do, and behind it how that ended."""
    trail = core.services.audit
    entry = await trail.note(tenant, actor(), action, subject, room=RoomId(room), reason=reason)
    code = Code.SystemError
    try:
        yield
        code = Code.Success
    except Failure as failure:
        code = code_of(failure, Code.SystemVerifyError)
        raise
    except SettingsError:
        code = Code.SystemVerifyError
        raise
    finally:
        trail.answered(entry, int(code))
        await trail.flush()


@asynccontextmanager
async def noted_of_user(core: Core, action: str, user: str, *, reason: str = "") -> AsyncIterator[None]:
    """Write down what is done to a user, in their tenant."""
    found = await core.db.users.get(UserId(user))
    tenant = DEFAULT_TENANT if found is None else found.tenant
    async with noted(core, action, f"user:{user}", tenant=tenant, reason=reason):
        yield


def host_of(url: str) -> str:
    """Return what of an address is written down: paths and queries of webhooks may be secrets."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


async def note_done(settings: Settings, now: datetime, action: str, subject: str = "") -> None:
    """Write down what a command has done that works below the core: on keys, or on the whole database."""
    try:
        if await schema.schema_state(settings.database_url) is SchemaState.CURRENT:
            entry = AuditEntry(
                AuditId(new_id(now)), DEFAULT_TENANT, now, actor(), action, subject, code=int(Code.Success)
            )
            await schema.on_connection(settings.database_url, lambda connection: audit.add_on(connection, entry))
            return
    except DatabaseUnavailable:
        pass
    print("the database is not writable, so this is missing from `liveroom audit`", file=sys.stderr)


def _process_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have a number alone
        return f"uid-{os.getuid()}"
