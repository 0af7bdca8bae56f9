"""Everything that shipped apps are known to send, as they send it, judged as they read the answers."""

from pathlib import Path

import pytest

from liveroom.conform.playing import CallVerdict
from liveroom.conform.session import ConformReport
from tests.contract.conftest import CLUSTER, EMBEDDED, SERVICES, Backend
from tests.contract.playing import APPS, canonical_of, lacking, play
from tests.service import TEST_CODES, Service, process

_everywhere = pytest.mark.parametrize("backend", [EMBEDDED, SERVICES, CLUSTER], indirect=True, scope="module")
NOT_OFFERED = {
    "cos/config": 3008,
    "auth_users/none_auth": 3008,
    "auth_users/user_login_moa": 3008,
    "auth_users/apply_invite_code": 3008,
    "music/search_music_by_tag": 3008,
    "music/query_token": 3008,
    "auth_users/user_doctor_auth": 3000,
}
"""What liveroom does not offer, as the vendor's own, or refuses: to sign for another id."""


def check(report: ConformReport) -> None:
    """Every app works, and nothing was left out or left behind."""
    assert report.stopped == ""
    assert [result.sentences for result in report.of(CallVerdict.BREAKS)] == []
    assert [(result.app.key, result.call.does, result.sentences) for result in report.of(CallVerdict.NOT_TRIED)] == []
    assert all("which may have been there before: logged out" in left for left in report.left_behind)
    assert [app.key for app in report.apps] == list(APPS)


@_everywhere
async def test_every_app_works_and_goes_without_what_is_the_vendor_s_alone(service: Service) -> None:
    report = await play(service)
    check(report)
    for result in report.results:
        assert result.answer is not None
        said = (result.app.key, result.call.does, result.answer.text)
        if result.answer.code != 0 and result.call.codes == (0,):
            assert result.answer.code == NOT_OFFERED[result.call.path], said
        if result.answer.code == 0:
            path = result.app.path_of(result.call)
            assert list(lacking(canonical_of(path), result.answer.document, "")) == [], said
        assert "warnings" not in result.answer.document, said


@_everywhere
async def test_the_same_over_sockets_from_the_command(backend: Backend, tmp_path: Path) -> None:
    more = {"workers": 2 if backend else 1, "test_codes": TEST_CODES, "account_limit": 0}
    trtc = {"trtc_sdk_app_id": 1_400_000_001, "trtc_secret": "0123456789abcdef" * 4}
    async with process(tmp_path, **backend, **more, **trtc) as running:
        check(await play(running))
