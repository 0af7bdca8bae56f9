"""Keys and tokens: what signs, what is still accepted, and what nobody can forge or reuse."""

import base64
import hashlib
import hmac
import json
import multiprocessing
import stat
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from timeit import repeat

import pytest

from liveroom.domain.accounts.sessions import Claims, is_original
from liveroom.domain.errors import KeyMissing, TokenExpired, TokenInvalid
from liveroom.domain.ids import SessionId, TenantName, UserId
from liveroom.keys import KeyRing, Tokens, open_keys
from liveroom.keys.tokens import REMEMBERED, SILENT
from liveroom.settings import NamedSecret, Secret, Settings, SettingsError, load_settings
from liveroom.settings.values import parse_secrets

NOW = datetime(2024, 1, 1, 12, tzinfo=UTC)
LATER = int(NOW.timestamp()) + 3600
NEW = NamedSecret("new", Secret("9fQ2xW7bLr0TzK4mVn8sYc1dHe6gJu3p"))
OLD = NamedSecret("old", Secret("short"))


def tokens(*found: NamedSecret) -> Tokens:
    return Tokens(KeyRing(found or (NEW,)), lifetime=timedelta(days=30))


def packed(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def forged(payload: object, secret: str = "short", header: object = None) -> str:
    """Return a token made by hand, as the original's library makes it."""
    text = f"{packed(header or {'alg': 'HS256', 'typ': 'JWT'})}.{packed(payload)}"
    signature = hmac.digest(secret.encode(), text.encode(), hashlib.sha256)
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def ours(**changed: object) -> dict[str, object]:
    return {"sub": "40000001", "sid": "s", "tid": "", "iat": LATER - 60, "exp": LATER, **changed}


def test_a_token_says_who_in_which_session_of_which_tenant_until_when() -> None:
    made = tokens()
    token, expires = made.issue(UserId("40000001"), SessionId("s1"), TenantName("acme"), NOW)
    assert expires == NOW + timedelta(days=30)
    assert tokens().read(token, NOW) == Claims(UserId("40000001"), SessionId("s1"), TenantName("acme"), NOW, expires)
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert header == {"alg": "HS256", "kid": "new", "typ": "JWT"}


def test_a_token_is_good_until_its_last_second() -> None:
    made = tokens()
    token, expires = made.issue(UserId("u"), SessionId("s"), TenantName(""), NOW)
    made.read(token, expires - timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        made.read(token, expires)
    with pytest.raises(TokenExpired):
        tokens().read(token, expires)


def test_a_token_of_an_older_secret_is_still_read_and_a_new_one_is_signed_by_the_first() -> None:
    token, _ = tokens(OLD).issue(UserId("u"), SessionId("s"), TenantName(""), NOW)
    assert tokens(NEW, OLD).read(token, NOW).user == "u"
    fresh, _ = tokens(NEW, OLD).issue(UserId("u"), SessionId("s"), TenantName(""), NOW)
    with pytest.raises(TokenInvalid):
        tokens(OLD).read(fresh, NOW)


@pytest.mark.parametrize("version", [1, 1.0])
def test_a_token_of_the_original_service_is_a_session_of_its_own_without_a_tenant(version: float) -> None:
    token = forged({"v": version, "userId": "33474428", "iat": LATER - 60, "exp": LATER})
    claims = tokens(NEW, OLD).read(token, NOW)
    assert (claims.user, claims.tenant) == ("33474428", None)
    assert claims.expires == datetime.fromtimestamp(LATER, UTC)
    assert is_original(claims.session)
    assert len(claims.session) == 23
    with_phone = {"v": version, "userId": "33474428", "iat": LATER - 60, "exp": LATER, "phone": None, "email": None}
    assert tokens(NEW, OLD).read(forged(with_phone), NOW).session != claims.session


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": float("nan")},
        {"iat": None},
        {"iat": -1},
        {"sid": None},
        {"sid": ""},
        {"tid": None},
        {"sub": ""},
        {"sub": 40000001},
    ],
)
def test_a_token_with_a_claim_missing_or_odd_is_invalid(changed: dict[str, object]) -> None:
    assert tokens(OLD).read(forged(ours()), NOW).user == "40000001"
    with pytest.raises(TokenInvalid):
        tokens(OLD).read(forged(ours(**changed)), NOW)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "é" * 50,
        "." * 3000,
        "A" * 100_000,
        forged(ours(), secret="another"),
        forged(ours(), header={"alg": "none"}),
        forged(ours(), header={"alg": "HS512"}),
        forged(ours(), header={"typ": "JWT"}),
        forged(ours(), header={"alg": "HS256", "b64": False}),
        forged(ours(), header={"alg": "HS256", "crit": ["x"]}),
        forged([1, 2]),
        forged("text"),
        forged({}),
        forged({"userId": 7, "iat": LATER, "exp": LATER}),
        f"{packed(ours())}.{packed(ours())}." + "A" * 43,
        base64.urlsafe_b64encode(b"[" * 2000).decode().rstrip("=") + ".e30." + "A" * 43,
    ],
    ids=str.__len__,
)
def test_rubbish_is_an_invalid_token(token: str) -> None:
    with pytest.raises(TokenInvalid):
        tokens(OLD).read(token, NOW)


def test_a_token_has_one_spelling_so_that_its_session_has_one_id() -> None:
    """Base64 leaves two bits of the last letter unused: each signature could be written in four ways."""
    token = forged(ours())
    read = tokens(OLD)
    read.read(token, NOW)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(token[-1])
    for other in (token + "=", token + "\n", token[:-1] + alphabet[last + 1], token[:-1] + alphabet[last + 2]):
        with pytest.raises(TokenInvalid):
            read.read(other, NOW)


def test_a_token_that_was_never_shown_before_costs_hardly_more_than_its_hmac() -> None:
    """A general library takes 25 µs: with more users than are remembered, each call paid for that."""
    made = tokens()
    shown = [made.issue(UserId(str(n)), SessionId(f"s{n}"), TenantName(""), NOW)[0] for n in range(50)]
    bodies = [token.rpartition(".")[0].encode() for token in shown]

    def read() -> None:
        for token in shown:
            made.read(token, NOW)

    def sign() -> None:
        for body in bodies:
            hmac.digest(b"9fQ2xW7bLr0TzK4mVn8sYc1dHe6gJu3p", body, "sha256")

    ours, theirs = (min(repeat(work, number=1, repeat=200, timer=process_time)) for work in (read, sign))
    assert ours < 6 * theirs


def test_a_token_that_was_shown_before_costs_less_than_its_hmac() -> None:
    made = tokens()
    shown = [made.issue(UserId(str(n)), SessionId(f"s{n}"), TenantName(""), NOW)[0] for n in range(50)]
    bodies = [token.rpartition(".")[0].encode() for token in shown]

    def read() -> None:
        for token in shown:
            made.read(token, NOW)

    def sign() -> None:
        for body in bodies:
            hmac.digest(b"9fQ2xW7bLr0TzK4mVn8sYc1dHe6gJu3p", body, "sha256")

    read()
    ours, theirs = (min(repeat(work, number=1, repeat=200, timer=process_time)) for work in (read, sign))
    assert ours < theirs


def test_what_is_remembered_of_tokens_is_bounded_and_let_go_when_nobody_shows_them() -> None:
    made = tokens()
    another = made.issue(UserId("another"), SessionId("s"), TenantName(""), NOW)[0]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for n in range(REMEMBERED + REMEMBERED // 2):
            made.read(made.issue(UserId(str(n)), SessionId(f"s{n}"), TenantName(""), NOW)[0], NOW)
        assert tracemalloc.get_traced_memory()[0] - before < REMEMBERED * 700
        made.read(another, NOW + SILENT)
        made.read(another, NOW + 2 * SILENT)
        assert tracemalloc.get_traced_memory()[0] - before < 10_000
    finally:
        tracemalloc.stop()


def test_who_was_there_first_stays_remembered_when_there_is_no_room_for_more() -> None:
    made = tokens()
    shown = [made.issue(UserId(str(n)), SessionId(f"s{n}"), TenantName(""), NOW)[0] for n in range(REMEMBERED)]
    for token in shown:
        made.read(token, NOW)

    def read(some: list[str]) -> float:
        def work() -> None:
            for token in some:
                made.read(token, NOW)

        return min(repeat(work, number=1, repeat=50, timer=process_time))

    assert read(shown[:100]) < read(shown[-100:]) / 2


def test_a_remembered_token_expires_too() -> None:
    made = tokens()
    token, expires = made.issue(UserId("1"), SessionId("s"), TenantName(""), NOW)
    made.read(token, NOW)
    with pytest.raises(TokenExpired):
        made.read(token, expires)


def test_what_is_sealed_opens_in_its_own_context_only() -> None:
    ring = KeyRing([NEW])
    sealed = ring.seal("盐 salt", "alice")
    assert sealed.startswith("v1.new.")
    assert "salt" not in sealed
    assert sealed != ring.seal("盐 salt", "alice")
    assert ring.open(sealed, "alice") == "盐 salt"
    with pytest.raises(KeyMissing):
        ring.open(sealed, "bob")


def test_what_an_older_secret_sealed_still_opens_and_without_it_the_key_is_named() -> None:
    sealed = KeyRing([OLD]).seal("salt", "alice")
    assert KeyRing([NEW, OLD]).open(sealed, "alice") == "salt"
    with pytest.raises(KeyMissing, match="The key old that sealed this is not configured"):
        KeyRing([NEW]).open(sealed, "alice")


def test_a_secret_that_had_no_id_is_found_after_it_was_given_one() -> None:
    sealed = KeyRing(parse_secrets("only one")).seal("salt", "alice")
    assert KeyRing(parse_secrets("b:another,a:only one")).open(sealed, "alice") == "salt"


@pytest.mark.parametrize("sealed", ["", "v1", "v1.new", "v1.new.", "v1.new.AAAA", "v1.new.!", "v2.new.AAAA", "v1.x.A"])
def test_rubbish_does_not_open(sealed: str) -> None:
    with pytest.raises(KeyMissing):
        KeyRing([NEW]).open(sealed, "alice")


def test_the_embedded_default_makes_a_key_file_once_that_only_its_owner_reads(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "data")
    first = open_keys(settings)
    assert open_keys(settings).all == first.all
    assert len(first.signing.secret) >= 32
    file = settings.data_dir / "liveroom.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in settings.data_dir.iterdir()] == ["liveroom.key"]


def _signing(folder: Path) -> bytes:
    return open_keys(Settings(data_dir=folder)).signing.secret


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(_signing, [tmp_path] * 16)
    assert len(set(found)) == 1


def test_the_key_file_stays_accepted_after_a_secret_was_set(tmp_path: Path) -> None:
    sealed = open_keys(Settings(data_dir=tmp_path)).seal("salt", "alice")
    ring = open_keys(Settings(data_dir=tmp_path, secret=(NEW,)))
    assert ring.signing.id == "new"
    assert ring.open(sealed, "alice") == "salt"


def test_the_original_s_secret_alone_only_keeps_its_tokens_good(tmp_path: Path) -> None:
    read = load_settings({"data_dir": tmp_path}, environ={"JWT_SECRET": "the original's"}, dotenv=None)
    ring = open_keys(read)
    assert [key.secret for key in ring.all][1:] == [b"the original's"]
    sealed = ring.seal("salt", "alice")
    assert open_keys(Settings(data_dir=tmp_path)).open(sealed, "alice") == "salt", "what is sealed outlives it"


def test_a_set_secret_makes_no_key_file(tmp_path: Path) -> None:
    open_keys(load_settings(environ={"LIVEROOM_SECRET": NEW.value.reveal()}, dotenv=None))
    open_keys(Settings(data_dir=tmp_path / "data", secret=(NEW,)))
    assert not (tmp_path / "data").exists()


def test_a_damaged_key_file_or_a_folder_that_cannot_be_written_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "liveroom.key").write_text('{"keys": 3}', encoding="utf-8")
    with pytest.raises(SettingsError, match="is damaged"):
        open_keys(Settings(data_dir=tmp_path))
    with pytest.raises(SettingsError, match="LIVEROOM_DATA_DIR"):
        open_keys(Settings(data_dir=tmp_path / "liveroom.key"))


def test_keys_do_not_print(tmp_path: Path) -> None:
    ring = KeyRing([NEW])
    assert NEW.value.reveal() not in repr(ring.all) + str(ring.signing)
