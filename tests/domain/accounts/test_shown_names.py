"""Names as others see them."""

import pytest

from liveroom.domain.accounts.users import shown_name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("小明 ❤", "小明 ❤"),
        ("a\nb\r\n\tc\x00\x1b[31m", "abc[31m"),
        ("nimda\u202egnp.exe\u2066\u2069\u200e\u200f\u061c", "nimdagnp.exe"),
        ("ad\u200bm\u2060i\ufeffn\u00ad", "admin"),
        ("a\u2028b\u2029c\u0085", "abc"),
        ("👨\u200d👩\u200d👧 ❤️ 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("نمی\u200cخواهم", None),
        ("\u202e", ""),
        ("全角\u3000空格\u00a0\U0001fae8", None),
    ],
)
def test_a_name_is_one_line_in_which_nothing_hides(text: str, shown: str | None) -> None:
    assert shown_name(text) == (text if shown is None else shown)
