"""Uploads: whether files can be put where they are kept, seen there, and removed again."""

import os
from collections.abc import AsyncIterator
from secrets import token_hex

from liveroom.app.uploads import s3_trial, uploads_folder
from liveroom.domain.findings import Finding, fail, ok
from liveroom.ports import Clock
from liveroom.providers.uploads.trying import SUBJECT
from liveroom.settings import Settings


async def look_at_uploads(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Try the store; a folder that is not there yet is made with the first file."""
    if settings.uploads == "folder":
        yield _folder(settings)
    elif settings.uploads == "s3":
        trial = s3_trial(settings, clock)
        try:
            async for finding in trial.findings():
                yield finding
        finally:
            await trial.client.close()


def _folder(settings: Settings) -> Finding:
    folder = uploads_folder(settings)
    if not folder.exists():
        return ok(SUBJECT, f"{folder} is made with the first file")
    path = folder / f"doctor-{token_hex(8)}"
    try:
        path.write_bytes(b"liveroom")
        is_same = path.read_bytes() == b"liveroom"
        path.unlink()
    except OSError as problem:
        remedy = "let the user that runs the service write there, and look at the disk"
        return fail(SUBJECT, f"{folder}: {os.strerror(problem.errno or 0)}: nothing can be uploaded", remedy)
    return ok(SUBJECT, f"{folder} takes files") if is_same else fail(SUBJECT, f"{folder}: another file came back", "")
