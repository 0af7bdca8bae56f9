"""Settings: where they come from, which source wins, and what stops the start."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from liveroom.settings import Settings, SettingsError, env_file, load_settings
from liveroom.settings.declaring import abouts, variable
from liveroom.settings.values import parse_group_roles, show

STRONG = "9fQ2xW7bLr0TzK4mVn8sYc1dHe6gJu3p"


def load(flags: dict[str, object] | None = None, /, dotenv: Path | None = None, **environ: str) -> Settings:
    return load_settings(flags, environ=environ, dotenv=dotenv)


def problems(dotenv: Path | None = None, **environ: str) -> str:
    with pytest.raises(SettingsError) as stopped:
        load(dotenv=dotenv, **environ)
    return "\n".join(stopped.value.problems)


def written(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    return path


def test_nothing_given_is_sqlite_and_memory_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load()
    assert (settings.host, settings.port) == ("127.0.0.1", 9000)
    assert settings.data_dir == tmp_path / "liveroom-data"
    assert settings.database_url == f"sqlite:///{tmp_path}/liveroom-data/liveroom.db"
    assert settings.redis_url is None
    assert (settings.im, settings.rtc, settings.secret) == ("none", "mesh", ())


def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_originals_names(tmp_path: Path) -> None:
    file = written(tmp_path, "LIVEROOM_PORT=3\nLIVEROOM_REGION=file\nLIVEROOM_TIM_ADMINISTRATOR=file\n")
    settings = load(
        {"port": 1, "host": None},
        dotenv=file,
        LIVEROOM_PORT="2",
        LIVEROOM_REGION="environment",
        REGION="original",
        TIM_ADMINISTRATOR="original",
        TRTC_TIM_APPID="1400000000",
        TRTC_TIM_SECRET="key",
    )
    assert (settings.port, settings.region, settings.tim_administrator) == (1, "environment", "file")
    assert settings.trtc_sdk_app_id == 1400000000
    assert settings.host == "127.0.0.1"


def test_an_empty_value_counts_as_not_given() -> None:
    assert load(LIVEROOM_PORT="", LIVEROOM_REDIS_URL=" ").port == 9000


def test_every_kind_of_value_is_read() -> None:
    settings = load(
        LIVEROOM_LEASE_KEEPALIVE="90",
        LIVEROOM_TOKEN_TTL="7d",
        LIVEROOM_METRICS="Off",
        LIVEROOM_STAGES="release, /test/",
        LIVEROOM_TRUSTED_PROXIES="10.0.0.0/8,::1",
        LIVEROOM_HOST_POLICIES="ktv:owner,party:hosts",
        LIVEROOM_BASE_PATH="live/",
        LIVEROOM_LANGUAGE="EN",
        LIVEROOM_MODULES="all,-gifts",
    )
    assert (settings.lease_keepalive, settings.token_ttl) == (timedelta(seconds=90), timedelta(days=7))
    assert (settings.metrics, load(LIVEROOM_METRICS="yes").metrics) == ("off", "on")
    assert settings.stages == ("", "release", "test")
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1/128"))
    assert settings.host_policies == (("ktv", "owner"), ("party", "hosts"))
    assert (settings.base_path, settings.language) == ("/live", "en")
    assert (settings.offers("rooms"), settings.offers("gifts")) == (True, False)


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ({}, (False, False, True)),
        ({"LIVEROOM_GIFTS": "Off"}, (False, False, True)),
        ({"LIVEROOM_GIFTS": "on"}, (True, True, True)),
        ({"LIVEROOM_GIFTS": "test"}, (True, True, True)),
        ({"LIVEROOM_GIFTS": "on", "LIVEROOM_MODULES": "all,-wallet"}, (True, False, True)),
    ],
)
def test_gifts_and_wallets_are_offered_only_once_they_are_turned_on(given: dict[str, str], offered: object) -> None:
    settings = load(None, None, **given)
    assert tuple(settings.offers(module) for module in ("gifts", "wallet", "rooms")) == offered


def test_modules_named_one_by_one_are_the_only_ones() -> None:
    settings = load(LIVEROOM_MODULES="rooms,oauth")
    assert (settings.offers("rooms"), settings.offers("seats")) == (True, False)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("LIVEROOM_PORT", "ninety", "must be a whole number, not 'ninety'"),
        ("LIVEROOM_PORT", "65536", "choose 0 to 65535"),
        ("LIVEROOM_PORT", "٣", "must be a whole number"),
        ("LIVEROOM_TOKEN_TTL", "1 fortnight", "such as 90s, 30m, 4h or 30d"),
        ("LIVEROOM_TOKEN_TTL", "0", "must be at least 1s"),
        ("LIVEROOM_METRICS", "perhaps", "must be on, off or console, not 'perhaps'"),
        ("LIVEROOM_METRICS", "console", "set LIVEROOM_CONSOLE_PORT, or choose on or off"),
        ("LIVEROOM_LANGUAGE", "fr", "must be zh or en, not 'fr'"),
        ("LIVEROOM_IM", "auto", "must be none or tencent"),
        ("LIVEROOM_GIFTS", "yes", "must be off or on or test"),
        (
            "LIVEROOM_WALLET",
            "operator",
            "set LIVEROOM_WALLET_URL and LIVEROOM_WALLET_SECRET to those of your own wallet",
        ),
        ("LIVEROOM_WALLET_URL", "https://wallet.example.com", "LIVEROOM_WALLET_SECRET is not; set both"),
        ("LIVEROOM_WALLET_SECRET", "whsec_hunter2", "is not one or two secrets"),
        ("LIVEROOM_ENVELOPES", "on", "must be off or hosts or everyone"),
        ("LIVEROOM_STAGES", "a/b", "single path elements"),
        ("LIVEROOM_TRUSTED_PROXIES", "proxy", "networks such as 10.0.0.0/8"),
        ("LIVEROOM_HOST_POLICIES", "ktv", "category:owner or category:hosts"),
        ("LIVEROOM_BASE_PATH", "/a b", "must be a path such as /live"),
        ("LIVEROOM_ORIGINS", "app.example.com", "write each as https://app.example.com"),
        ("LIVEROOM_MODULES", "Rooms!", "write names such as rooms"),
        ("LIVEROOM_QUERY_LIMIT_DEFAULT", "101", "choose 1 to 100"),
        ("LIVEROOM_WORKERS", "4", "share live data in Redis only"),
        ("LIVEROOM_DATABASE_URL", "postgres://u:hunter2@h/d", "sqlite:///path/to/file.db or mysql://"),
        ("LIVEROOM_DATABASE_URL", "mysql://u:hunter2@h", "mysql://user:password@host:port/database"),
        ("LIVEROOM_REDIS_URL", "localhost:6379", "redis://host:port"),
        ("LIVEROOM_REDIS_URL", "redis+sentinel://a:1,b:2", "host:port/master"),
        ("LIVEROOM_SECRET", "a:hunter2,hunter2", "whose ids are letters and digits"),
        ("LIVEROOM_SECRET", "a:x,a:y", "names the same id twice"),
        ("LIVEROOM_SECRET", "Default", "well-known word"),
        ("LIVEROOM_RTC", "trtc", "which needs LIVEROOM_TRTC_SDK_APP_ID and LIVEROOM_TRTC_SECRET"),
        ("LIVEROOM_IM", "tencent", "set all three, or choose none"),
        ("LIVEROOM_RTC", "livekit", "LIVEROOM_LIVEKIT_URL and LIVEROOM_LIVEKIT_KEY and LIVEROOM_LIVEKIT_SECRET"),
        ("LIVEROOM_LIVEKIT_KEY", "key", "needs LIVEROOM_LIVEKIT_URL and LIVEROOM_LIVEKIT_SECRET too"),
        ("LIVEROOM_LIVEKIT_URL", "https://live.example.com", "not a valid address for browsers"),
        ("LIVEROOM_LIVEKIT_SECRET", "s" * 31, "fewer than 32 characters"),
        ("LIVEROOM_TURN_URLS", "turn:turn.example.com:3478", "LIVEROOM_TURN_SECRET is not"),
        ("LIVEROOM_TURN_SECRET", "north", "LIVEROOM_TURN_URLS is not"),
        ("LIVEROOM_TURN_URLS", "turn.example.com", "write each as stun:host:port"),
        ("LIVEROOM_ICE_SERVERS", "https://stun.example.com", "has 'https://stun.example.com'"),
        ("LIVEROOM_ICE_SERVERS", '[{"url":"stun:a"}]', "or a JSON array"),
        ("LIVEROOM_ICE_SERVERS", '["stun:a"]', "or a JSON array"),
        ("LIVEROOM_ICE_SERVERS", '[{"urls":[]}]', "or a JSON array"),
        ("LIVEROOM_ICE_SERVERS", "[", "or a JSON array"),
        ("LIVEROOM_TRTC_SDK_APP_ID", "1400000000", "LIVEROOM_TRTC_SECRET is not; set TRTC's SecretKey too"),
        ("TRTC_TIM_SECRET", "hunter2", "LIVEROOM_TRTC_SDK_APP_ID is not; set TRTC's SDKAppID too"),
    ],
)
def test_a_value_that_cannot_be_stops_the_start_with_what_to_do(name: str, text: str, reason: str) -> None:
    environ: dict[str, Any] = {name: text}
    report = problems(**environ)
    assert reason in report
    assert "hunter2" not in report


def test_all_problems_are_told_together() -> None:
    report = problems(LIVEROOM_PORT="x", LIVEROOM_METRICS="x", LIVEROOM_PROT="1", LIVEROOM_REDIS_URL="x")
    for name in ("LIVEROOM_PORT", "LIVEROOM_METRICS", "LIVEROOM_PROT", "LIVEROOM_REDIS_URL", "LIVEROOM_SECRET"):
        assert name in report


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    assert "LIVEROOM_REDIS_ULR (environment) is not a setting; the nearest name is LIVEROOM_REDIS_URL" in problems(
        LIVEROOM_REDIS_ULR="x"
    )
    assert "(.env) is not a setting" in problems(dotenv=written(tmp_path, "LIVEROOM_REDIS_ULR=x"))


def test_names_by_which_kubernetes_announces_services_are_no_settings() -> None:
    settings = load(
        LIVEROOM_PORT="tcp://10.0.0.7:9000",
        LIVEROOM_SERVICE_HOST="10.0.0.7",
        LIVEROOM_PORT_9000_TCP_ADDR="10.0.0.7",
        LIVEROOM_REDIS_SERVICE_PORT_MAIN="6379",
        LIVEROOM_REDIS_PORT="tcp://10.0.0.8:6379",
    )
    assert settings.port == 9000


def test_what_the_build_is_told_is_no_setting_and_no_mistake() -> None:
    assert load(LIVEROOM_SKIP_WEB="1") == load()


def test_the_documents_example_is_refused_for_its_comment_and_its_x(tmp_path: Path) -> None:
    line = "TRTC_TIM_APPID=xxxxxxxxxxxxxxxx // 此处即上一章节中的记录的SDKAppID;\nTRTC_TIM_SECRET=xxxxxxxxxxxxxxxx\n"
    report = problems(dotenv=written(tmp_path, line)).splitlines()
    assert sum("comment after //" in problem for problem in report) == 1
    assert sum("x's of the example" in problem for problem in report) == 2


def test_an_address_with_slashes_is_no_comment() -> None:
    assert load(LIVEROOM_ORIGINS="https://a.example,http://b.example:8080").origins[1] == "http://b.example:8080"


def test_the_file_may_have_comments_quotes_exports_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = "\ufeff# head\nexport LIVEROOM_PORT = 8000 # why\n\nLIVEROOM_MAINTENANCE_EN='Back # soon' # note\nOTHER=1\n"
    settings = load(dotenv=written(tmp_path, text))
    assert (settings.port, settings.maintenance_en) == (8000, "Back # soon")


def test_a_line_of_the_file_that_is_no_setting_is_named_by_its_number(tmp_path: Path) -> None:
    assert "Line 2 of" in problems(dotenv=written(tmp_path, "LIVEROOM_PORT=1\nLIVEROOM_HOST 0.0.0.0\n"))


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    assert "make it a UTF-8 text" in problems(dotenv=tmp_path / ".env")


def test_the_originals_database_and_redis_are_found() -> None:
    settings = load(
        MYSQL_HOST="db",
        MYSQL_USER="live",
        MYSQL_PASSWORD="p@ss/word",
        MYSQL_DB="live-room",
        REDIS_HOST="cache",
        REDIS_PASSWORD="a:b",
        JWT_SECRET=STRONG,
        STAGE="release",
    )
    assert settings.database_url == "mysql://live:p%40ss%2Fword@db:3306/live_room"
    assert settings.redis_url == "redis://:a%3Ab@cache:6379"
    assert settings.secret[0].value.reveal() == STRONG
    assert settings.stages == ("", "prod", "dev", "local", "release")
    assert settings.on_mysql


def test_our_address_of_the_database_hides_the_originals() -> None:
    assert load(MYSQL_HOST="db", LIVEROOM_DATABASE_URL="sqlite:///x.db").database_url == "sqlite:///x.db"


def test_the_originals_secret_stays_accepted_behind_ours() -> None:
    settings = load(LIVEROOM_SECRET=f"new:{STRONG}", JWT_SECRET="old and short")
    assert [named.value.reveal() for named in settings.secret] == [STRONG, "old and short"]
    assert len(load(LIVEROOM_SECRET=STRONG, JWT_SECRET=STRONG).secret) == 1


@pytest.mark.parametrize("weak", [None, "default", "secret", "short", "a" * 40, "abcd" * 10, "default" * 6])
@pytest.mark.parametrize("shared", [{"LIVEROOM_REDIS_URL": "redis://h"}, {"MYSQL_HOST": "h", "MYSQL_USER": "u"}])
def test_a_shared_store_demands_a_strong_secret_and_says_how_to_make_one(
    shared: dict[str, Any], weak: str | None
) -> None:
    report = problems(**shared, LIVEROOM_SECRET=weak or "")
    assert "liveroom config secret" in report
    assert "openssl rand" in report


@pytest.mark.parametrize("weak", ["a", "secret", "short", "a" * 40])
def test_a_weak_secret_is_refused_on_a_laptop_too(weak: str) -> None:
    """``LIVEROOM_SECRET=a`` was accepted with SQLite."""
    report = problems(LIVEROOM_SECRET=weak)
    assert "liveroom config secret" in report
    assert "leave it out to have one generated" in report


def test_only_the_signing_secret_has_to_be_strong_but_no_other_may_be_default() -> None:
    assert len(load(LIVEROOM_REDIS_URL="redis://h", LIVEROOM_SECRET=f"b:{STRONG},a:short").secret) == 2
    report = problems(LIVEROOM_REDIS_URL="redis://h", LIVEROOM_SECRET=STRONG, JWT_SECRET="default")
    assert "still accepted; remove it" in report


def test_the_word_of_the_original_is_forgotten_where_that_is_asked_and_no_other_secret() -> None:
    def read(secret: str) -> list[bool]:
        environ = {"LIVEROOM_SECRET": STRONG, "JWT_SECRET": secret}
        return [named.original for named in load_settings(environ=environ, dotenv=None, forget_default=True).secret]

    assert read("Default ") == [False]
    assert read("old and short") == [False, True]


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:6379",
        "redis://user:p%40@h:1/2",
        "rediss://h",
        "redis+sentinel://:pw@a:1,b:2/mymaster/0",
        "redis+cluster://a:1,b:2,c:3",
    ],
)
def test_every_form_of_redis_is_accepted(url: str) -> None:
    assert load(LIVEROOM_REDIS_URL=url, LIVEROOM_SECRET=STRONG, LIVEROOM_WORKERS="4").redis_url == url


def test_im_is_tencents_once_all_three_are_set() -> None:
    half: dict[str, Any] = {"TRTC_TIM_APPID": "1400000000", "TRTC_TIM_SECRET": "key"}
    assert load(**half).im == "none"
    assert load(**half, TIM_ADMINISTRATOR="administrator").im == "tencent"
    assert load(**half, TIM_ADMINISTRATOR="administrator", LIVEROOM_IM="none").im == "none"


def test_what_is_shown_says_where_it_came_from_and_hides_secrets_and_passwords() -> None:
    settings = load(
        {"port": 1},
        LIVEROOM_SECRET=f"a:{STRONG}",
        LIVEROOM_INTERNAL_KEY="hunter2-0123456789",
        MYSQL_HOST="h",
        MYSQL_PASSWORD="hunter2",
        REDIS_HOST="h",
        REDIS_PASSWORD="hunter2",
        TRTC_TIM_APPID="7",
        TRTC_TIM_SECRET="hunter2",
    )
    shown = {line.name: line for line in settings.redacted()}
    assert shown["port"][1:3] == ("1", "flag")
    assert shown["secret"][1:3] == ("a:********", "environment LIVEROOM_SECRET")
    assert shown["database_url"][1:3] == ("mysql://root:********@h:3306/live_room", "environment MYSQL_HOST")
    assert shown["host"].source == "default"
    groups = "live-admins=administrator,mods=moderator@acme+shop"
    assert show(parse_group_roles(groups)) == groups
    text = repr(settings) + repr(settings.redacted()) + f"{settings.trtc_secret} {settings.trtc_secret!r}"
    assert "hunter2" not in text
    assert STRONG not in text


def test_what_is_shown_as_default_can_be_read_back() -> None:
    derived = {"database_url", "data_dir", "im", "fault"}
    for name, about in abouts(Settings).items():
        if name not in derived and about.shown_default:
            assert show(about.parse(about.shown_default)) == about.shown_default, name


def test_the_env_file_names_every_setting_and_changes_none(tmp_path: Path) -> None:
    text = env_file()
    assert all(variable(name) in text for name, about in abouts(Settings).items() if not about.hidden)
    assert "LIVEROOM_FAULT" not in text
    assert load(dotenv=written(tmp_path, text)) == load()
    uncommented = "\n".join(line.removeprefix("#") for line in text.splitlines() if line.startswith("#LIVEROOM_"))
    assert load(dotenv=written(tmp_path, uncommented)) == load()


def test_every_setting_has_one_sentence() -> None:
    for name, about in abouts(Settings).items():
        assert about.doc[0].isupper(), name
        assert about.doc.endswith("."), name
        assert "|" not in about.doc, name


def test_a_token_that_outlives_the_memory_of_ended_sessions_is_refused() -> None:
    """An ended session is remembered for 31 days: a longer-lived token would come to life again."""
    with pytest.raises(SettingsError, match="over 30 days"):
        load_settings(environ={"LIVEROOM_TOKEN_TTL": "31d"}, dotenv=None)


def test_ice_servers_are_a_list_of_addresses_or_what_browsers_take() -> None:
    listed = load(LIVEROOM_ICE_SERVERS="stun:a.example.com:3478, turn:b.example.com")
    assert [server.urls for server in listed.ice_servers] == [("stun:a.example.com:3478",), ("turn:b.example.com",)]
    text = '[{"urls": ["turn:b", "turns:b:5349?transport=tcp"], "username": "u", "credential": "pepper"}]'
    (server,) = load(LIVEROOM_ICE_SERVERS=text).ice_servers
    assert (server.urls, server.username) == (("turn:b", "turns:b:5349?transport=tcp"), "u")
    assert server.credential == "pepper"


def test_the_credential_of_an_ice_server_is_shown_to_nobody() -> None:
    text = '[{"urls": "turn:b", "username": "u", "credential": "pepper"}]'
    settings = load(LIVEROOM_ICE_SERVERS=text)
    assert "pepper" not in repr(settings) + repr(settings.ice_servers) + repr(settings.redacted())
    assert show(settings.ice_servers) == "turn:b (********)"


FUNCTION = {
    "LIVEROOM_SERVERLESS": "on",
    "LIVEROOM_DATABASE_URL": "mysql://u:p@h/d",
    "LIVEROOM_REDIS_URL": "redis://h",
    "LIVEROOM_SECRET": STRONG,
    "LIVEROOM_INTERNAL_KEY": "0123456789abcdef",
}


def test_a_web_function_listens_where_the_platform_looks_and_stops_within_what_it_gives() -> None:
    function = load(None, None, **FUNCTION)
    assert (function.host, function.port, function.shutdown_grace) == ("0.0.0.0", 9000, timedelta(seconds=1))  # noqa: S104
    chosen = load(None, None, **FUNCTION, LIVEROOM_HOST="127.0.0.1", LIVEROOM_SHUTDOWN_GRACE="5s")
    assert (chosen.host, chosen.shutdown_grace) == ("127.0.0.1", timedelta(seconds=5))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"LIVEROOM_DATABASE_URL": ""}, "a file, which a web function loses"),
        ({"LIVEROOM_REDIS_URL": ""}, "what is live would end with each process"),
        ({"LIVEROOM_WORKERS": "2"}, "use one worker"),
        ({"LIVEROOM_INTERNAL_KEY": "short"}, "has only 5 characters"),
        ({"LIVEROOM_REALTIME": "centrifugo"}, "cannot relay to Centrifugo"),
    ],
)
def test_a_web_function_without_what_it_needs_is_refused(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(None, None, **{**FUNCTION, **given})
    assert any(sentence in problem for problem in refused.value.problems), refused.value.problems
