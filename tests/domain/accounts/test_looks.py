"""Names that are easily taken for each other have one look, and others have not."""

import pytest

from liveroom.domain.accounts.looks import look_of
from liveroom.domain.accounts.users import fold_username


def look(name: str) -> str:
    return look_of(fold_username(name))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("admin", "ａdmin"),
        ("admin", "ad\u200bmin"),
        ("admin", "ad\u2060mi\ufe0fn"),
        ("admin", "аdmіn"),
        ("admin", "adrnin"),
        ("admin", "𝐀𝐝𝐦𝐢𝐧"),
        ("admin", "ADMIN"),
        ("paypal", "pаypаl"),
        ("paypal", "paypa1"),
        ("root", "r00t"),
        ("ελένη", "ελένη".upper().lower()),
    ],
)
def test_what_is_easily_mistaken_looks_the_same(name: str, other: str) -> None:
    assert look(name) == look(other)


@pytest.mark.parametrize(
    ("name", "other"), [("admin", "admins"), ("admin", "damin"), ("小明", "小红"), ("user-12", "user-21"), ("安", "按")]
)
def test_what_is_not_looks_different(name: str, other: str) -> None:
    assert look(name) != look(other)


@pytest.mark.parametrize("name", ["a", "小明", "m" * 128, "ﷺ" * 128, "\u200b", "أحمد", "🧑\u200d🚀"])
def test_every_name_has_a_look(name: str) -> None:
    assert len(look(name)) == 32
