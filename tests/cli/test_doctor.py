"""`liveroom doctor`: each thing that can be wrong is found, and named with its remedy."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liveroom import cli
from liveroom.app.checkup.examining import examine
from liveroom.app.checkup.local import look_at_clock
from liveroom.app.checkup.redis import judge_cluster, judge_server
from liveroom.domain.findings import Finding, Level, clock_finding, ok
from liveroom.domain.tenants.model import RtcKind
from liveroom.settings import Settings, load_settings
from liveroom.simulate.endpoint import Mood
from liveroom.store.sql import schema
from liveroom.store.sql.schema import migrate
from tests.servers import LOOPBACK, Mariadb, Redis, RedisCluster, free_ports
from tests.service import serving
from tests.vendors.stage import with_im, with_media
from tests.worlds import WoundClock

SECRET = "doctor-0123456789-abcdefghijklmnopqrst"
HEALTHY = {
    "redis_version": "7.2.4",
    "maxmemory_policy": "noeviction",
    "maxmemory": "0",
    "aof_enabled": "1",
    "aof_last_write_status": "ok",
    "connected_slaves": "1",
    "min_slaves_good_slaves": "1",
}


def settings(folder: Path, **given: object) -> Settings:
    return load_settings({"data_dir": folder, **given}, environ={}, dotenv=None)


async def findings(chosen: Settings, clock: WoundClock | None = None) -> list[Finding]:
    return [found async for found in examine(chosen, clock or WoundClock())]


def about(found: list[Finding], subject: str) -> Finding:
    (one,) = [finding for finding in found if finding.subject == subject]
    return one


async def test_a_fresh_embedded_installation_has_nothing_to_mend(tmp_path: Path) -> None:
    found = await findings(settings(tmp_path / "data"))
    assert [finding for finding in found if finding.level is Level.FAIL] == []
    assert "next start" in about(found, "database").fact


async def test_what_is_not_well_comes_with_a_remedy(tmp_path: Path) -> None:
    found = await findings(
        settings(tmp_path, database_url=f"mysql://u:p@{LOOPBACK}:{free_ports(1)[0]}/d", secret=SECRET)
    )
    assert [finding for finding in found if finding.level is not Level.OK and not finding.remedy] == []


async def test_open_doors_are_named_and_closed_ones_are_well(tmp_path: Path) -> None:
    topics = ("logins", "registration", "origins")
    found = await findings(settings(tmp_path))
    assert {about(found, topic).level for topic in topics} == {Level.WARN}
    closed = settings(tmp_path, signature_ts="required", registration="closed", origins="https://app.example.com")
    found = await findings(closed)
    assert {about(found, topic).level for topic in topics} == {Level.OK}


async def test_a_key_file_that_others_can_read_has_to_be_mended(tmp_path: Path) -> None:
    key = tmp_path / "liveroom.key"
    key.write_text("{}")
    key.chmod(0o600)
    assert about(await findings(settings(tmp_path)), "secret").level is Level.OK
    key.chmod(0o640)
    found = about(await findings(settings(tmp_path)), "secret")
    assert found.level is Level.FAIL
    assert found.remedy == f"chmod 600 {key}"


async def test_a_weak_secret_is_named_without_being_told(tmp_path: Path) -> None:
    secrets = f"new:{SECRET},old:hunter2hunter2"
    found = [one for one in await findings(settings(tmp_path, secret=secrets)) if one.subject == "secret"]
    assert [one.level for one in found] == [Level.OK, Level.WARN]
    assert "hunter2" not in " ".join(found[1])


async def test_a_file_in_place_of_the_data_folder_fails(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert about(await findings(settings(tmp_path / "data")), "data folder").level is Level.FAIL


async def test_trtc_credentials_are_tried(tmp_path: Path) -> None:
    good = settings(tmp_path, trtc_sdk_app_id=1_400_000_001, trtc_secret="5bd2850fff3ecb11" * 4)
    assert about(await findings(good), "TRTC").level is Level.OK
    short = settings(tmp_path, trtc_sdk_app_id=1_400_000_001, trtc_secret="5bd2850fff3ecb11")
    assert about(await findings(short), "TRTC").level is Level.WARN


async def test_a_tencent_im_is_asked_and_what_waits_for_it_is_counted(tmp_path: Path) -> None:
    async with with_im(tmp_path) as stage:
        chosen = stage.core.settings
        found = await findings(chosen)
        assert about(found, "IM") == ok("IM", "it answers and accepts the credentials")
        assert about(found, "vendor work").fact == "nothing is waiting, nothing was given up"
        await stage.go_live(await stage.world.make_actor())
        waiting = about(await findings(chosen, stage.world.service.clock), "vendor work")
        assert "1 tasks are waiting for IM" in waiting.fact
        stage.world.pass_by(600)
        late = about(await findings(chosen, stage.world.service.clock), "vendor work")
        assert (late.level, late.fact[-21:]) == (Level.WARN, "the oldest for 10 min")
        stage.im.endpoint.refuse("create_group", 10036)
        await stage.drain()
        failed = about(await findings(chosen), "vendor work")
        assert (failed.level, "buy a package" in failed.fact) == (Level.WARN, True)


async def test_an_im_that_refuses_us_has_to_be_mended_and_one_that_is_down_only_waits(tmp_path: Path) -> None:
    async with with_im(tmp_path) as stage:
        shop = await stage.world.service.make_tenant("shop")
        stage.im.secrets[shop.sdk_app_id] = "another"
        own, theirs = [found for found in await findings(stage.core.settings) if found.subject == "IM"]
        assert (own.level, theirs.level) == (Level.OK, Level.FAIL)
        assert "tenant shop" in theirs.fact
        assert theirs.remedy.startswith("compare LIVEROOM_TRTC_SDK_APP_ID")
        stage.im.endpoint.mood = Mood.BROKEN
        down = [found for found in await findings(stage.core.settings) if found.subject == "IM"]
        assert {found.level for found in down} == {Level.WARN}


async def test_the_say_over_media_rooms_is_tried(tmp_path: Path) -> None:
    async with with_media(tmp_path, "trtc") as stage:
        await stage.service.make_tenant("live", rtc=RtcKind.LIVEKIT)
        found = await findings(stage.world.core.settings)
        assert {about(found, subject).level for subject in ("TRTC control", "LiveKit")} == {Level.OK}
        wrong = replace(stage.world.core.settings, tencent_secret_id="AKIDsomebodyelse", livekit_key="another")
        found = await findings(wrong)
        assert {about(found, subject).level for subject in ("TRTC control", "LiveKit")} == {Level.FAIL}
        assert "LIVEROOM_LIVEKIT_SECRET" in about(found, "LiveKit").remedy
        bare = replace(wrong, tencent_secret_id="", tencent_secret_key=None)
        assert about(await findings(bare), "TRTC control").level is Level.WARN


def test_a_clock_before_the_installation_fails() -> None:
    (found,) = look_at_clock(datetime(2001, 1, 1, tzinfo=UTC))
    assert found.level is Level.FAIL


@pytest.mark.parametrize(("seconds", "level"), [(0.5, Level.OK), (-2, Level.WARN), (60, Level.FAIL)])
def test_clocks_that_differ_are_judged_by_how_much(seconds: float, level: Level) -> None:
    assert clock_finding("Redis", timedelta(seconds=seconds)).level is level


def test_a_well_kept_redis_has_nothing_to_mend() -> None:
    assert {finding.level for finding in judge_server("Redis", HEALTHY)} == {Level.OK}


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({"redis_version": "6.2.14"}, Level.FAIL),
        ({"maxmemory_policy": "allkeys-lru", "maxmemory": "1000000"}, Level.FAIL),
        ({"maxmemory_policy": "volatile-lru"}, Level.WARN),
        ({"aof_enabled": "0"}, Level.WARN),
        ({"aof_last_write_status": "err"}, Level.FAIL),
        ({"connected_slaves": "0"}, Level.WARN),
    ],
)
def test_each_weakness_of_a_redis_is_found(said: dict[str, str], level: Level) -> None:
    found = [finding for finding in judge_server("Redis", {**HEALTHY, **said}) if finding.level is not Level.OK]
    assert [finding.level for finding in found] == [level]
    assert found[0].remedy


def test_a_master_that_does_not_wait_for_its_replicas_is_named() -> None:
    info = {name: value for name, value in HEALTHY.items() if name != "min_slaves_good_slaves"}
    assert [finding.level for finding in judge_server("Redis", info)].count(Level.WARN) == 1


def test_a_cluster_with_slots_that_nobody_serves_fails() -> None:
    assert judge_cluster({"cluster_state": "ok", "cluster_slots_ok": "16384"}, 3).level is Level.OK
    assert judge_cluster({"cluster_state": "fail", "cluster_slots_ok": "10922"}, 2).level is Level.FAIL


def test_settings_that_cannot_work_end_with_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIVEROOM_WORKERS", "2")
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor"])
    assert ended.value.code == 1
    assert "LIVEROOM_REDIS_URL" in capsys.readouterr().out


def test_a_good_installation_ends_with_status_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    asyncio.run(migrate(f"sqlite:///{tmp_path}/live.db"))
    monkeypatch.setenv("LIVEROOM_DATABASE_URL", f"sqlite:///{tmp_path}/live.db")
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor"])
    assert not ended.value.code
    assert "ok   database: it answers, and its schema matches this release" in capsys.readouterr().out


async def test_a_schema_from_before_the_first_release_fails_with_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/live.db"
    await migrate(url)
    older = "UPDATE lr_schema SET version_num = '0007'"
    await schema.on_connection(url, lambda connection: connection.exec_driver_sql(older))
    found = about(await findings(settings(tmp_path, database_url=url)), "database")
    assert found.level is Level.FAIL
    assert schema.LAST_WITH_UNRELEASED in found.remedy


@pytest.mark.services
async def test_a_database_and_a_redis_are_looked_at(tmp_path: Path, mariadb: Mariadb, redis_server: Redis) -> None:
    url = mariadb.create_database("doctor")
    chosen = settings(tmp_path, database_url=url, redis_url=redis_server.url, secret=SECRET)
    found = await findings(chosen)
    assert about(found, "database").remedy == "run `liveroom migrate`"
    await migrate(url)
    found = await findings(chosen)
    assert about(found, "database").level is Level.OK
    assert about(found, "utf8mb4").level is Level.OK
    assert about(found, "pool").level is Level.OK
    assert about(found, "Redis memory").level is Level.OK
    assert about(found, "Redis AOF").level is Level.OK
    assert about(found, "Redis replicas").level is Level.WARN
    assert [finding for finding in found if finding.level is Level.FAIL] == []


@pytest.mark.services
async def test_a_clock_that_runs_ahead_is_found_on_both(tmp_path: Path, mariadb: Mariadb, redis_server: Redis) -> None:
    clock = WoundClock()
    clock.advance(60)
    url = mariadb.create_database("doctor")
    found = await findings(settings(tmp_path, database_url=url, redis_url=redis_server.url, secret=SECRET), clock)
    assert [finding.level for finding in found if finding.subject == "clock"] == [Level.OK, Level.FAIL, Level.FAIL]


@pytest.mark.services
async def test_a_pool_that_the_server_cannot_give_fails(tmp_path: Path, mariadb: Mariadb) -> None:
    url = mariadb.create_database("doctor")
    found = await findings(settings(tmp_path, database_url=url, secret=SECRET, mysql_pool=400))
    assert about(found, "pool").level is Level.FAIL


@pytest.mark.services
async def test_a_table_that_cannot_hold_emoji_fails(tmp_path: Path, mariadb: Mariadb) -> None:
    url = mariadb.create_database("doctor")
    await migrate(url)
    mariadb.execute("ALTER TABLE lr_users CONVERT TO CHARACTER SET utf8mb3", "doctor")
    found = about(await findings(settings(tmp_path, database_url=url, secret=SECRET)), "utf8mb4")
    assert found.level is Level.FAIL
    assert "lr_users" in found.remedy


@pytest.mark.services
async def test_each_master_of_a_cluster_is_looked_at(tmp_path: Path, redis_cluster: RedisCluster) -> None:
    found = await findings(settings(tmp_path, redis_url=redis_cluster.url, secret=SECRET))
    assert about(found, "Redis Cluster").level is Level.OK
    named = {finding.subject for finding in found if finding.subject.endswith("AOF")}
    assert named == {f"Redis {LOOPBACK}:{node.port} AOF" for node in redis_cluster.masters}


async def test_a_redis_that_is_not_there_fails(tmp_path: Path) -> None:
    found = await findings(settings(tmp_path, redis_url=f"redis://{LOOPBACK}:{free_ports(1)[0]}", secret=SECRET))
    assert about(found, "Redis").level is Level.FAIL


async def test_a_mesh_without_turn_is_named_with_what_it_cannot_do(tmp_path: Path) -> None:
    bare = about(await findings(settings(tmp_path)), "media")
    assert (bare.level, "LIVEROOM_TURN_URLS" in bare.remedy) == (Level.WARN, True)
    turn = settings(tmp_path, turn_urls="turn:turn.example.com:3478", turn_secret="north")
    assert about(await findings(turn), "media").level is Level.OK
    static = settings(tmp_path, ice_servers='[{"urls":"turn:a:3478","username":"u","credential":"c"}]')
    assert about(await findings(static), "media").level is Level.OK


async def test_a_tenant_whose_media_provider_is_not_set_up_is_named(tmp_path: Path) -> None:
    async with serving(tmp_path, rtc="trtc") as service:
        await service.make_tenant("shop", rtc=RtcKind.LIVEKIT)
        await service.make_tenant("bare", sdk_app_id=0, sdk_secret="")
        await service.make_tenant("fine")
        said = [found for found in await findings(service.core.settings) if found.subject == "media"]
    assert [(found.level, found.fact.split(",")[0]) for found in sorted(said[1:], key=lambda found: found.fact)] == [
        (Level.FAIL, "tenant bare uses trtc"),
        (Level.FAIL, "tenant shop uses livekit"),
    ]
