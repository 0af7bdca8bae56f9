"""Recordings in a bucket, at a real store: played by whoever has a signed address, and deleted with the recording."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
import pytest

from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.recordings.model import RecorderKind, RecordingFile, RecordingReport, RecordingReportKind
from liveroom.providers.livekit.egress import PREFIX
from tests.contract.conftest import Serving
from tests.contract.recording_studio import RecordingStudio
from tests.versitygw import KEY, SECRET, versitygw

FILM: Final = bytes(range(256)) * 40
_LIVEKIT: Final = {
    "recordings": "livekit",
    "livekit_url": "ws://127.0.0.1:9",
    "livekit_key": "devkey",
    "livekit_secret": "secret-of-the-media-server-of-these-tests",
    "recordings_s3_bucket": "films",
    "recordings_s3_key": KEY,
    "recordings_s3_secret": SECRET,
}


async def _say(studio: RecordingStudio, id: str, kind: RecordingReportKind, *files: RecordingFile) -> None:
    """Report what LiveKit's egress would."""
    report = RecordingReport(kind, studio.service.clock.now(), id, files=files)
    await studio.service.core.outside.records.recordings.receive(RecorderKind.LIVEKIT, [report], [DEFAULT_TENANT])


@pytest.mark.long
async def test_a_film_in_a_bucket_is_played_by_signed_addresses_alone_and_deleted(
    tmp_path: Path, embedded: Serving
) -> None:
    async with (
        versitygw(tmp_path / "store", "films") as url,
        embedded(**_LIVEKIT, recordings_s3_url=url) as service,
        httpx.AsyncClient() as viewer,
    ):
        host = await service.sign_up()
        studio = RecordingStudio(service, host, await host.go_live())
        id = (await host.call("recordings/start", {"roomId": studio.room})).data["recordingId"]
        service.clock.advance(timedelta(seconds=6))
        await service.core.jobs.recordings.run()
        name = f"{PREFIX}{id}.mp4"
        path = tmp_path / "store/films" / name
        path.parent.mkdir()
        path.write_bytes(FILM)
        await _say(studio, id, RecordingReportKind.STARTED)
        await host.call("recordings/stop", {"recordingId": id})
        await _say(studio, id, RecordingReportKind.COMPLETE, RecordingFile(name, "", "mp4", len(FILM), 60))
        guest = await service.sign_up()
        (file,) = (await guest.call("recordings/replay", {"recordingId": id})).data["line"]
        part = await viewer.get(file["url"], headers={"range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, FILM[100:200])
        forged = file["url"][:-1] + ("0" if file["url"][-1] != "0" else "1")
        for wrong in (forged, file["url"].replace(id, "another"), file["url"].partition("?")[0]):
            assert (await viewer.get(wrong)).status_code == 403, wrong
        assert (await host.call("recordings/delete", {"recordingId": id})).code == 0
        await studio.go_on(1)
        assert not path.exists()
        assert (await viewer.get(file["url"])).status_code == 404
        again = RecordingFile(name, "", "mp4", len(FILM), 60)
        await _say(studio, id, RecordingReportKind.FILES, again._replace(bytes=1))
        await studio.go_on(1)
        found = await service.core.db.recordings.get(id)
        assert found is not None
        assert found.files == (), "what is gone already is deleted"
