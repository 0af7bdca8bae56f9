"""Wires uploads, and chooses where their files are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.routing import BaseRoute

from liveroom.app.groups import ServiceGroup
from liveroom.app.media import reveal
from liveroom.app.wiring import Wiring
from liveroom.http.uploads import SEEN_AT, SENT_TO, upload_routes
from liveroom.ports import Clock, FileStore
from liveroom.providers.uploads.checking import SafeFileChecker
from liveroom.providers.uploads.folder import FolderStore
from liveroom.providers.uploads.s3 import S3Store, bucket_at
from liveroom.providers.uploads.sigv4 import S3Keys
from liveroom.settings import Settings
from liveroom.usecases.uploads.intake import Publishing, Quota, Uploads
from liveroom.usecases.uploads.unused import UnusedFiles


@dataclass(frozen=True, slots=True)
class UploadServices(ServiceGroup):
    """The use cases."""

    uploads: Uploads
    unused: UnusedFiles

    async def close(self) -> None:
        """Hang up."""
        if self.unused.store is not None:
            await self.unused.store.close()


def make_uploads(wiring: Wiring) -> UploadServices:
    """Build them."""
    settings, db, clock = wiring.settings, wiring.db, wiring.clock
    store = _store(wiring)
    publishing = Publishing(store, SafeFileChecker(), wiring.hook_calls)
    quota = Quota(settings.uploads_per_day, settings.uploads_mb_per_day)
    return UploadServices(Uploads(db, wiring.live, clock, publishing, quota), UnusedFiles(db, clock, store))


def make_upload_routes(uploads: Uploads) -> Sequence[BaseRoute]:
    """Return where files of the data folder are sent to, and seen."""
    store = uploads.publishing.store
    return upload_routes(store) if isinstance(store, FolderStore) else []


def _store(wiring: Wiring) -> FileStore | None:
    settings = wiring.settings
    if settings.uploads == "s3":
        return _s3(settings, wiring.clock)
    if settings.uploads != "folder":
        return None
    base = f"/{settings.base_path.strip('/')}".rstrip("/")
    seen_at = settings.uploads_url.rstrip("/") or base + SEEN_AT
    folder = settings.data_dir / "uploads"
    return FolderStore(folder, wiring.stamps, wiring.clock, sent_to=base + SENT_TO, seen_at=seen_at)


def _s3(settings: Settings, clock: Clock) -> S3Store:
    keys = S3Keys(settings.uploads_s3_key, reveal(settings.uploads_s3_secret), settings.uploads_s3_region)
    published, quarantine = (
        bucket_at(settings.uploads_s3_url, name, settings.uploads_s3_style)
        for name in (settings.uploads_s3_bucket, settings.uploads_s3_quarantine or settings.uploads_s3_bucket)
    )
    acl = "" if settings.uploads_s3_acl == "none" else settings.uploads_s3_acl
    return S3Store(published, quarantine, keys, clock, seen_at=settings.uploads_url.rstrip("/"), acl=acl)
