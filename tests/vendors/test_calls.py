"""The calls themselves: where they go, how they are signed, and what each answer means."""

from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta

import pytest

from liveroom.clock import SystemClock
from liveroom.domain.accounts.users import Profile
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.livekit.control import LivekitControl
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.tencent.cloud import TencentCloud
from liveroom.providers.tencent.im import TencentIm, group_name, im_host
from liveroom.providers.tencent.trtc_control import TrtcControl
from liveroom.simulate.endpoint import Mood
from liveroom.simulate.im_state import ADMINISTRATOR
from liveroom.simulate.tencent_im import ImSimulator
from liveroom.simulate.trtc import TrtcSimulator
from tests.service import SDK_APP_ID, SDK_SECRET
from tests.store.sql.samples import HOME
from tests.vendors.livekit_server import KEY, SECRET, FakeLivekit, livekit_server
from tests.vendors.simulator import SECRET_ID, SECRET_KEY, simulator
from tests.worlds import WoundClock

TENANT = Tenant(HOME, SDK_APP_ID, SDK_SECRET)
ROOM, USER = RoomId("700"), UserId("40000001")
QUICK = timedelta(seconds=0.2)


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock()


@pytest.fixture
async def fake(clock: WoundClock) -> AsyncIterator[ImSimulator]:
    async with simulator(clock) as running:
        yield running.im


@pytest.fixture
async def im(fake: ImSimulator, clock: WoundClock) -> AsyncIterator[TencentIm]:
    called = TencentIm(
        Outgoing("Tencent IM", timeout=timedelta(seconds=5)),
        clock,
        administrator=ADMINISTRATOR,
        origin=fake.endpoint.url,
    )
    yield called
    await called.hang_up()


@pytest.mark.parametrize(
    ("app", "region", "host"),
    [
        (1_400_000_000, "", "console.tim.qq.com"),
        (1_600_000_001, "ap-guangzhou", "console.tim.qq.com"),
        (20_000_001, "", "adminapisgp.im.qcloud.com"),
        (20_000_001, "ap-guangzhou", "adminapisgp.im.qcloud.com"),
        (20_000_001, "ap-seoul", "adminapikr.im.qcloud.com"),
        (20_000_001, "eu-frankfurt", "adminapiger.im.qcloud.com"),
        (1_400_000_000, "ap-singapore", "adminapisgp.im.qcloud.com"),
    ],
)
def test_the_region_picks_the_host(app: int, region: str, host: str) -> None:
    assert im_host(app, region) == host


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "live"),
        ("   ", "live"),
        ("x" * 31, "x" * 30),
        ("唱" * 11, "唱" * 10),
        ("x唱" + "唱" * 10, "x" + "唱" * 9),
        ("🎤" * 8, "🎤" * 7),
    ],
)
def test_a_name_is_cut_to_thirty_bytes_and_never_in_a_character(title: str, name: str) -> None:
    assert group_name(title) == name


async def test_the_administrator_signs_in_once_a_day(im: TencentIm, fake: ImSimulator, clock: WoundClock) -> None:
    sigs = []
    for hours in (0, 1, 21, 2, 30):
        clock.advance(timedelta(hours=hours))
        await im.check(TENANT)
        sigs.append(im.sig(TENANT))
    assert [sigs.index(sig) for sig in sigs] == [0, 0, 0, 3, 4]
    assert fake.codes("account_check") == [0] * 5


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (10002, Trouble.BUSY),
        (60007, Trouble.BUSY),
        (60008, Trouble.BUSY),
        (60011, Trouble.BUSY),
        (60018, Trouble.BUSY),
        (60019, Trouble.BUSY),
        (60010, Trouble.ACCESS),
        (70009, Trouble.ACCESS),
        (60020, Trouble.ACCESS),
        (10036, Trouble.SUBJECT),
        (10004, Trouble.SUBJECT),
        (88888, Trouble.UNKNOWN),
    ],
)
async def test_every_error_of_im_has_its_class(im: TencentIm, fake: ImSimulator, code: int, trouble: Trouble) -> None:
    fake.endpoint.refuse("destroy_group", code)
    failure = await failure_of(im.dissolve_group(TENANT, ROOM))
    assert (failure.trouble, failure.code) == (trouble, str(code))


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.NONSENSE, Mood.ODD, Mood.BROKEN])
async def test_an_im_that_answers_nothing_good_may_have_done_it(im: TencentIm, fake: ImSimulator, mood: Mood) -> None:
    fake.endpoint.mood = mood
    failure = await failure_of(im.dissolve_group(TENANT, ROOM))
    assert (failure.trouble, failure.in_doubt) == (Trouble.BUSY, True)


async def test_an_im_that_cannot_be_reached_has_done_nothing(clock: WoundClock) -> None:
    outgoing = Outgoing("Tencent IM", timeout=QUICK)
    im = TencentIm(outgoing, clock, administrator=ADMINISTRATOR, origin="http://127.0.0.1:9")
    failure = await failure_of(im.dissolve_group(TENANT, ROOM))
    await im.hang_up()
    assert (failure.trouble, failure.in_doubt) == (Trouble.BUSY, False)


async def test_an_im_that_is_silent_is_given_up(im: TencentIm, fake: ImSimulator) -> None:
    fake.endpoint.mood = Mood.SILENT
    im.outgoing.seconds = QUICK.total_seconds()
    failure = await failure_of(im.dissolve_group(TENANT, ROOM))
    assert (failure.trouble, failure.in_doubt) == (Trouble.BUSY, True)


async def test_no_failure_tells_a_secret(im: TencentIm, fake: ImSimulator) -> None:
    for mood in (Mood.DOWN, Mood.NONSENSE, Mood.BROKEN, Mood.WELL):
        fake.endpoint.mood = mood
        fake.secrets = {SDK_APP_ID: "another"}
        text = str(await failure_of(im.check(TENANT)))
        assert SDK_SECRET not in text
        assert im.sig(TENANT) not in text
        assert "usersig" not in text


async def test_what_is_so_already_is_no_failure(im: TencentIm, fake: ImSimulator) -> None:
    await im.dissolve_group(TENANT, ROOM)
    await im.remove_account(TENANT, USER)
    assert not await im.change_account(TENANT, USER, Profile("n", ""))
    assert not await im.rename_group(TENANT, ROOM, "n")
    await im.add_account(TENANT, USER, Profile("n", ""))
    await im.add_account(TENANT, USER, Profile("n", ""))
    assert await im.make_group(TENANT, ROOM, USER, "n")
    assert not await im.make_group(TENANT, ROOM, USER, "n")
    assert fake.codes("account_delete") == [0], "its reply has a code for each account"


async def failure_of(call: Awaitable[object]) -> VendorFailure:
    with pytest.raises(VendorFailure) as failed:
        await call
    return failed.value


@pytest.fixture
async def cloud(clock: WoundClock) -> AsyncIterator[TrtcSimulator]:
    async with simulator(clock) as running:
        yield running.trtc


def control(cloud: TrtcSimulator, clock: WoundClock, *, key: str = SECRET_KEY, region: str = "") -> TrtcControl:
    one = TencentCloud(cloud.endpoint.url, SECRET_ID, key, clock, timeout=QUICK * 20)
    return TrtcControl(one, one, region=region)


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("InternalError.BackendTimeOut", Trouble.BUSY),
        ("RequestLimitExceeded", Trouble.BUSY),
        ("UnauthorizedOperation.SdkAppId", Trouble.ACCESS),
        ("FailedOperation.SdkAppIdNotExist", Trouble.ACCESS),
        ("InvalidParameter.RoomId", Trouble.SUBJECT),
        ("FailedOperation.SomethingNew", Trouble.UNKNOWN),
    ],
)
async def test_every_error_of_trtc_has_its_class(
    cloud: TrtcSimulator, clock: WoundClock, code: str, trouble: Trouble
) -> None:
    cloud.endpoint.refuse("DismissRoom", code)
    assert (await failure_of(control(cloud, clock).close(TENANT, ROOM))).trouble is trouble


async def test_trtc_refuses_a_wrong_key_and_says_which_to_look_at(cloud: TrtcSimulator, clock: WoundClock) -> None:
    failure = await failure_of(control(cloud, clock, key="wrong").check(TENANT))
    assert failure.trouble is Trouble.ACCESS
    assert "LIVEROOM_TENCENT_SECRET_KEY" in str(failure)


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.NONSENSE, Mood.BROKEN])
async def test_a_trtc_that_answers_nothing_good_is_busy(cloud: TrtcSimulator, clock: WoundClock, mood: Mood) -> None:
    cloud.endpoint.mood = mood
    assert (await failure_of(control(cloud, clock).close(TENANT, ROOM))).trouble is Trouble.BUSY


@pytest.mark.parametrize(
    ("app", "region", "sent"),
    [
        (SDK_APP_ID, "", "ap-guangzhou"),
        (20_000_001, "", "ap-singapore"),
        (SDK_APP_ID, "ap-beijing", "ap-beijing"),
        (SDK_APP_ID, "ap-seoul", "ap-guangzhou"),
    ],
)
async def test_trtc_is_called_in_a_region_that_it_has(
    cloud: TrtcSimulator, clock: WoundClock, app: int, region: str, sent: str
) -> None:
    await control(cloud, clock, region=region).close(Tenant(HOME, app, SDK_SECRET), ROOM)
    assert [call.region for call in cloud.calls] == [sent]


@pytest.fixture
async def server() -> AsyncIterator[FakeLivekit]:
    async with livekit_server(SystemClock()) as running:
        yield running


async def test_livekit_verifies_key_and_grants(server: FakeLivekit, clock: WoundClock) -> None:
    server.rooms = {ROOM: {USER, "another"}}
    made = {"url": server.endpoint.url.replace("http", "ws", 1), "key": KEY, "secret": SECRET}
    good = LivekitControl(Outgoing("LiveKit", timeout=QUICK * 20), clock, **made)
    bad = LivekitControl(Outgoing("LiveKit", timeout=QUICK * 20), clock, **{**made, "secret": SECRET[::-1]})
    await good.check(TENANT)
    await good.remove(TENANT, ROOM, USER)
    assert server.rooms == {ROOM: {"another"}}
    await good.close(TENANT, ROOM)
    await good.close(TENANT, ROOM)
    failure = await failure_of(bad.check(TENANT))
    assert (failure.trouble, "LIVEROOM_LIVEKIT_SECRET" in str(failure)) == (Trouble.ACCESS, True)
    server.endpoint.mood = Mood.BROKEN
    assert (await failure_of(good.close(TENANT, ROOM))).trouble is Trouble.BUSY
    for one in (good, bad):
        await one.hang_up()
