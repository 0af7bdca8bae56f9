"""The login signature: the protocol's vectors, the window to the second, the hashes, and what hostile phones send."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.accounts.signatures import HASHES, HMAC, WINDOW, LoginSignature
from liveroom.domain.errors import BadRequest, CredentialsWrong, Failure, SignatureRefused

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
USER_SALT = "e706d76a96fb6435897815f6956313ee"
ALICE_SALT = "1e80a39bf9e1cb8e97cdaee2ace85281"
ALICE = LoginSignature("alice", "88928a80e8463bf2710f4c639b6d1c2b", "player", "1634543466000", "o29dmek")


def at(moment: datetime) -> LoginSignature:
    return LoginSignature("alice", "", ts=str(round(moment.timestamp() * 1000)))


def signed(secret: str, *, hash: str, make: str) -> LoginSignature:
    text = f"小明-tag-{ALICE.ts}-n-{secret}"
    return LoginSignature("小明", hashlib.new(make, text.encode()).hexdigest(), "tag", ALICE.ts, "n", hash)


def test_the_salt_of_the_document_is_the_hash_of_name_and_password() -> None:
    assert hashlib.md5(b"user-xxx", usedforsecurity=False).hexdigest() == USER_SALT


def test_a_signature_without_tag_time_and_nonce_keeps_their_dashes() -> None:
    LoginSignature("user", "07a386fbc4316bbc7a0283df6f060e70").check(USER_SALT)


def test_the_inputs_of_the_documents_example_give_the_known_signature() -> None:
    ALICE.check(ALICE_SALT)


def test_the_signature_is_compared_without_case() -> None:
    LoginSignature("alice", ALICE.signature.upper(), ALICE.tag, ALICE.ts, ALICE.nonce).check(ALICE_SALT)


@pytest.mark.parametrize(
    "changed",
    [
        LoginSignature("Alice", ALICE.signature, ALICE.tag, ALICE.ts, ALICE.nonce),
        LoginSignature("alice", ALICE.signature, "player2", ALICE.ts, ALICE.nonce),
        LoginSignature("alice", ALICE.signature, ALICE.tag, "1634543466001", ALICE.nonce),
        LoginSignature("alice", ALICE.signature, ALICE.tag, ALICE.ts, "o29dmel"),
        LoginSignature("alice", ALICE.signature, ALICE.tag, ALICE.ts, ALICE.nonce, "sha1"),
        LoginSignature("alice", ALICE.signature[:-1], ALICE.tag, ALICE.ts, ALICE.nonce),
        LoginSignature("alice", ALICE.signature + " ", ALICE.tag, ALICE.ts, ALICE.nonce),
        LoginSignature("alice", "", ALICE.tag, ALICE.ts, ALICE.nonce),
    ],
    ids=["name", "tag", "time", "nonce", "hash", "shorter", "padded", "empty"],
)
def test_every_signed_part_counts(changed: LoginSignature) -> None:
    with pytest.raises(CredentialsWrong):
        changed.check(ALICE_SALT)


@pytest.mark.parametrize("secret", ["", "e706d76a96fb6435897815f6956313ee", ALICE_SALT.upper()])
def test_another_secret_is_refused(secret: str) -> None:
    with pytest.raises(CredentialsWrong):
        ALICE.check(secret)


@pytest.mark.parametrize("make", HASHES)
@pytest.mark.parametrize("spell", [str.lower, str.upper])
def test_each_hash_is_understood_in_any_case(make: str, spell: type[str]) -> None:
    signed(USER_SALT, hash=spell(make), make=make).check(USER_SALT)


def test_no_hash_named_means_md5() -> None:
    signed(USER_SALT, hash="", make="md5").check(USER_SALT)


@pytest.mark.parametrize("hash", ["sha3_256", "crc32", "md5 ", "none", "__class__", "\udc80"])
def test_an_unknown_hash_is_refused_with_those_that_are_known(hash: str) -> None:
    with pytest.raises(SignatureRefused, match="md5, sha1, sha256, sha512"):
        LoginSignature("alice", "", hash=hash).check(ALICE_SALT)


@pytest.mark.parametrize("hostile", ["\udc80", "é" * 9, "\x00", "😀", "ß" * 32, "ﬀ" * 16])
def test_hostile_text_is_a_wrong_signature_and_no_failure_of_ours(hostile: str) -> None:
    for signature in (
        LoginSignature("alice", hostile, "player", ALICE.ts, ALICE.nonce),
        LoginSignature("alice", ALICE.signature, hostile, ALICE.ts, hostile),
        LoginSignature(hostile, ALICE.signature),
    ):
        with pytest.raises(CredentialsWrong):
            signature.check(ALICE_SALT)
        assert len(signature.digest("")) == 64


@pytest.mark.parametrize("off", [timedelta(0), WINDOW, -WINDOW, WINDOW - timedelta(milliseconds=1)])
def test_a_time_within_a_day_of_ours_counts_its_edges_included(off: timedelta) -> None:
    at(NOW + off).check_time(NOW, required=True)


@pytest.mark.parametrize("off", [WINDOW + timedelta(milliseconds=1), -WINDOW - timedelta(milliseconds=1)])
def test_a_time_further_away_is_refused(off: timedelta) -> None:
    with pytest.raises(SignatureRefused, match="24 hours"):
        at(NOW + off).check_time(NOW, required=False)


@pytest.mark.parametrize(
    ("ts", "failure"),
    [
        ("1634543466", SignatureRefused),
        ("0", SignatureRefused),
        ("999999999999999", SignatureRefused),
        ("1634543466000.0", BadRequest),
        ("-1634543466000", BadRequest),
        ("1e12", BadRequest),
        ("1_634_543_466_000", BadRequest),
        (" 1634543466000", BadRequest),
        ("１６３４５４３４６６０００", BadRequest),
        ("²", BadRequest),
        ("9" * 5000, BadRequest),
        ("2026-03-01 12:00:00", BadRequest),
        ("\udc80", BadRequest),
    ],
)
def test_a_time_in_seconds_is_out_of_the_window_and_any_other_text_is_no_time(ts: str, failure: type[Failure]) -> None:
    with pytest.raises(failure, match="ts"):
        LoginSignature("alice", "", ts=ts).check_time(NOW, required=False)


def test_a_signature_without_a_time_counts_unless_one_is_required() -> None:
    LoginSignature("alice", "").check_time(NOW, required=False)
    with pytest.raises(SignatureRefused, match="required"):
        LoginSignature("alice", "").check_time(NOW, required=True)


def test_a_signature_is_one_and_the_same_whatever_its_case_and_another_in_another_tenant() -> None:
    upper = LoginSignature("alice", ALICE.signature.upper())
    assert upper.digest("game") == LoginSignature("alice", ALICE.signature).digest("game")
    assert len({upper.digest("game"), upper.digest(""), LoginSignature("bob", ALICE.signature).digest("game")}) == 3


def test_what_names_a_used_signature_is_the_same_in_every_release() -> None:
    """SQL keeps the digests of used signatures: another digest would let all of them open sessions again."""
    assert ALICE.digest("") == hashlib.sha256(f"\nalice\n{ALICE.signature}".encode()).hexdigest()


def test_a_keyed_hash_has_the_secret_as_its_key() -> None:
    text = f"alice-player-{ALICE.ts}-o29dmek"
    made = hmac.new(ALICE_SALT.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert made == "db42d9be48ab11dc8e3b9e7658b8b3b2c40d22c1ab9cfc3beb887da64f35a506"
    for name in (HMAC, HMAC.upper()):
        LoginSignature("alice", made, "player", ALICE.ts, "o29dmek", name).check(ALICE_SALT)
    with pytest.raises(CredentialsWrong):
        LoginSignature("alice", made, "player", ALICE.ts, "o29dmek", "sha256").check(ALICE_SALT)
    with pytest.raises(CredentialsWrong):
        LoginSignature("alice", made, "player", ALICE.ts, "o29dmek", HMAC).check(USER_SALT)


@pytest.mark.parametrize(
    ("username", "nonce", "good"),
    [
        ("ann", "n", True),
        ("ann-of-the-player-team", "550e8400-e29b-41d4-a716-446655440000", True),
        ("ann-player-", "player-1", True),
        ("ann", "", True),
        (f"ann-player-{ALICE.ts}-n", "n", False),
        ("ann-player-1-n", "n", False),
        ("ann", f"n-player-{ALICE.ts}-n", False),
    ],
)
def test_what_could_be_read_as_another_users_is_refused(username: str, nonce: str, good: bool) -> None:
    signature = LoginSignature(username, "", "player", ALICE.ts, nonce)
    if good:
        signature.check_reading()
    else:
        with pytest.raises(BadRequest):
            signature.check_reading()
