"""Phone numbers and mailboxes: one form for every way of writing them, and what is none."""

import pytest

from liveroom.domain.accounts.contacts import Contact, ContactKind, read_contact, read_email, read_phone
from liveroom.domain.errors import BadRequest, EmailInvalid

MOBILE = "+8613800000000"


@pytest.mark.parametrize(
    "written",
    [
        "8613800000000",
        "+8613800000000",
        "008613800000000",
        "13800000000",
        "+86 138-0000-0000",
        "(+86) 138 0000 0000",
        " 138.0000.0000 ",
        "＋86 １３８００００００００",
        "86\u00a0138\u20110000\u20110000",
    ],
)
def test_one_number_is_one_number_however_it_is_written(written: str) -> None:
    assert read_phone(written) == MOBILE


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+14155552671", "+14155552671"),
        ("0014155552671", "+14155552671"),
        ("12025550123", "+12025550123"),
        ("85261234567", "+85261234567"),
        ("+65 6123 4567", "+6561234567"),
        ("442071838750", "+442071838750"),
    ],
)
def test_numbers_of_other_countries_keep_their_code(written: str, kept: str) -> None:
    assert read_phone(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        *("", " ", "+", "12345", "1380000000a", "+86138000000", "+861380000000000", "8601012345678", "+0138"),
        *("1" * 16, "٣" * 11, "138;0000;0000", "+86+13800000000", "a@b.example"),
    ],
)
def test_what_is_no_phone_number_is_refused(written: str) -> None:
    with pytest.raises(BadRequest):
        read_phone(written)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("alice@example.com", "alice@example.com"),
        (" Alice.Smith+Live@Example.COM ", "alice.smith+live@example.com"),
        ("ａｌｉｃｅ＠example.com", "alice@example.com"),
        ("a@b-c.example.museum", "a@b-c.example.museum"),
        ("x_1@xn--fsqu00a.xn--fiqs8s", "x_1@xn--fsqu00a.xn--fiqs8s"),
    ],
)
def test_a_mailbox_is_kept_without_case(written: str, kept: str) -> None:
    assert read_email(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        *(
            "",
            "alice",
            "@example.com",
            "alice@",
            "alice@localhost",
            "a@b..example",
            ".a@example.com",
            "a..b@example.com",
        ),
        *("a b@example.com", "a@example.com\nBcc: b@example.com", "a@example.com,b@example.com", "<a@example.com>"),
        *("a@-b.example", "a@1.2.3.4", f"{'a' * 65}@example.com", '"a b"@example.com', "小明@example.com"),
        f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 60}.example",
    ],
)
def test_what_is_no_mailbox_is_refused(written: str) -> None:
    with pytest.raises(EmailInvalid):
        read_email(written)


def test_the_phone_counts_where_both_are_given_and_one_has_to_be() -> None:
    assert read_contact("13800000000", "a@example.com") == Contact(ContactKind.PHONE, MOBILE)
    assert read_contact("", "A@example.com") == Contact(ContactKind.EMAIL, "a@example.com")
    with pytest.raises(BadRequest):
        read_contact("", "")


def test_a_hint_does_not_tell_whose_it_is() -> None:
    assert Contact(ContactKind.PHONE, MOBILE).hint == "…0000"
    assert Contact(ContactKind.EMAIL, "alice@example.com").hint == "…@example.com"
