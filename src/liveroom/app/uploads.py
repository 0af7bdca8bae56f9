"""Wires uploads, and chooses where their files are kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.routing import BaseRoute

from liveroom.app.cloud import make_cloud
from liveroom.app.groups import ServiceGroup
from liveroom.app.media import reveal
from liveroom.app.wiring import Wiring
from liveroom.http.uploads import SEEN_AT, SENT_TO, upload_routes
from liveroom.ports import Clock, FileStore
from liveroom.providers.tencent.cos import STS, CosBucket
from liveroom.providers.uploads.checking import SafeFileChecker
from liveroom.providers.uploads.folder import KEY, PUBLISHED, FolderStore
from liveroom.providers.uploads.s3 import Bucket, S3Client, S3Store, bucket_at
from liveroom.providers.uploads.sigv4 import S3Keys
from liveroom.providers.uploads.trying import StoreTrial
from liveroom.settings import Settings
from liveroom.usecases.accounts.profiles import ProfileWriter
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.streams.covers import CoverWriter
from liveroom.usecases.streams.host_covers import HostCovers
from liveroom.usecases.uploads.app_pictures import AppPictures
from liveroom.usecases.uploads.intake import Publishing, Quota, Uploads
from liveroom.usecases.uploads.message_pictures import MessagePictures
from liveroom.usecases.uploads.unused import UnusedFiles


@dataclass(frozen=True, slots=True)
class UploadServices(ServiceGroup):
    """The use cases."""

    uploads: Uploads
    message_pictures: MessagePictures
    app_pictures: AppPictures
    unused: UnusedFiles
    host_covers: HostCovers

    async def close(self) -> None:
        """Hang up."""
        for store in (self.unused.store, self.app_pictures.bucket):
            if store is not None:
                await store.close()


def make_uploads(wiring: Wiring, profiles: ProfileWriter) -> UploadServices:
    """Build them."""
    settings, db, clock = wiring.settings, wiring.db, wiring.clock
    store = _store(wiring)
    publishing = Publishing(store, SafeFileChecker(), wiring.hook_calls)
    quota = Quota(settings.uploads_per_day, settings.uploads_mb_per_day)
    bucket = _cos(settings, clock) if settings.cos_bucket else None
    app_pictures = AppPictures(db, wiring.live, clock, bucket, publishing, quota, profiles)
    return UploadServices(
        Uploads(db, wiring.live, clock, publishing, quota),
        MessagePictures(db, store),
        app_pictures,
        UnusedFiles(db, clock, store, app_pictures, settings.messages_keep),
        HostCovers(CoverWriter(db, clock, wiring.relay), Ranks(db, wiring.live)),
    )


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
    return FolderStore(uploads_folder(settings), wiring.stamps, wiring.clock, sent_to=base + SENT_TO, seen_at=seen_at)


def uploads_folder(settings: Settings) -> Path:
    """Return where files are kept that are not kept in a store elsewhere."""
    return settings.data_dir / "uploads"


def published_files(settings: Settings) -> Iterator[Path]:
    """Yield the files of the data folder that everybody sees; none where a store elsewhere has them."""
    if settings.uploads == "folder":
        folder = uploads_folder(settings) / PUBLISHED
        yield from (path for path in folder.glob("*") if KEY.fullmatch(path.name))


def upload_origins(settings: Settings) -> Sequence[str]:
    """Return where pages send files to, and see them, beside the service's own host."""
    names = {settings.uploads_s3_bucket, settings.uploads_s3_quarantine or settings.uploads_s3_bucket}
    is_s3 = settings.uploads == "s3"
    buckets = [bucket_at(settings.uploads_s3_url, name, settings.uploads_s3_style).url("") for name in names if is_s3]
    return sorted({_origin(url) for url in (*buckets, settings.uploads_url) if url})


def seen_origins(settings: Settings) -> Sequence[str]:
    """Return the host, beside the service's own, at which everybody sees what was uploaded."""
    if settings.uploads_url and settings.uploads != "none":
        return [_origin(settings.uploads_url)]
    if settings.uploads != "s3":
        return []
    bucket = bucket_at(settings.uploads_s3_url, settings.uploads_s3_bucket, settings.uploads_s3_style)
    return [_origin(bucket.url(""))]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def s3_trial(settings: Settings, clock: Clock) -> StoreTrial:
    """Return what tries the store of the settings."""
    client, published, quarantine, acl = _s3_parts(settings, clock)
    return StoreTrial(client, published, quarantine, settings.uploads_url.rstrip("/"), acl)


def _cos(settings: Settings, clock: Clock) -> CosBucket:
    region, origin = settings.cos_region or settings.region, settings.tencent_origin
    there = f"https://cos.{region}.myqcloud.com"
    bucket = bucket_at(origin or there, settings.cos_bucket, "path" if origin else "virtual")
    keys = S3Keys(settings.tencent_secret_id, reveal(settings.tencent_secret_key), region)
    sts = make_cloud(settings, origin or STS, clock, timeout=settings.vendor_timeout)
    return CosBucket(sts, S3Client(keys, clock), bucket, region, clock)


def _s3(settings: Settings, clock: Clock) -> S3Store:
    client, published, quarantine, acl = _s3_parts(settings, clock)
    return S3Store(client, published, quarantine, seen_at=settings.uploads_url.rstrip("/"), acl=acl)


def _s3_parts(settings: Settings, clock: Clock) -> tuple[S3Client, Bucket, Bucket, str]:
    keys = S3Keys(settings.uploads_s3_key, reveal(settings.uploads_s3_secret), settings.uploads_s3_region)
    published, quarantine = (
        bucket_at(settings.uploads_s3_url, name, settings.uploads_s3_style)
        for name in (settings.uploads_s3_bucket, settings.uploads_s3_quarantine or settings.uploads_s3_bucket)
    )
    acl = "" if settings.uploads_s3_acl == "none" else settings.uploads_s3_acl
    return S3Client(keys, clock), published, quarantine, acl
