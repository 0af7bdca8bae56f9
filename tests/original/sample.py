"""A sample of the original's database: what is ordinary there, and what is odd."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from tests.original.database import Login, OriginalDatabase, colliding_pair
from tests.servers import Mariadb

ALICE_TAGS: Final = ("xiaozhibo", "player", "")
CARRIED: Final = {"5000001": "13800000001", "5000002": "86 138-0000-0002", "5000003": "+14155550100"}
NUMBERS: Final = {"5000001": "+8613800000001", "5000002": "+8613800000002", "5000003": "+14155550100"}


@dataclass(frozen=True)
class Sample:
    """The database, and whom a test may ask for."""

    original: OriginalDatabase
    rivals: tuple[str, str]
    """Two usernames that lead to one user."""

    def user(self, name: str, tag: str = "xiaozhibo") -> str:
        return next(login.user for login in self.original.logins if (login.name, login.tag) == (name, tag))

    @property
    def undisputed(self) -> list[Login]:
        """Return the logins that the original and we agree on whoever comes first."""
        return [login for login in self.original.logins if login.name not in (*self.rivals, "strasse", "lead")]


@cache
def rivals() -> tuple[str, str]:
    return colliding_pair()


def make_sample(server: Mariadb, name: str) -> Sample:
    """Make the database."""
    original = OriginalDatabase(server, name).create()
    sample = Sample(original, rivals())
    _people(sample)
    _odd_names(original)
    _others(original)
    _rooms(sample)
    return sample


def _people(sample: Sample) -> None:
    original = sample.original
    original.register("alice")
    for tag in ALICE_TAGS:
        original.sign_in("alice", tag, name=f"Alice {tag}".strip(), avatar="https://a.example/1.png", tag=tag)
    original.register("u78")
    original.sign_in("u78", "xiaozhibo")
    original.register("dora")
    original.sign_in("dora", "tuiroom", name="Dora")
    original.sign_in("dora", "karaoke", name="Dora sings")
    original.register("小明")
    original.sign_in("小明", "karaoke", name="小明")
    original.register("erin")
    for rival in sample.rivals:
        original.register(rival)
        original.sign_in(rival, "xiaozhibo", name="whose?")
    for number in range(20):
        original.register(f"viewer{number}")
        original.sign_in(f"viewer{number}", "xiaozhibo", name=f"Viewer {number}")


def _odd_names(original: OriginalDatabase) -> None:
    for name in ("bob ", "José", "ÉLODIE", "Straße", "strasse", " lead", "lead"):
        original.register(name)
        original.sign_in(name, "xiaozhibo")
    original.register("bell\x07")
    original.register("")
    original.insert("user_salts", {"name": "saltless", "salt": None, "createUtc": None, "updateUtc": None})


def _others(original: OriginalDatabase) -> None:
    for user, phone in CARRIED.items():
        original.add_user(user, phone=phone)
    original.add_user("5000004", phone="call me", email="Carol@Example.COM")
    original.add_user("5000005", email="nowhere")
    original.add_user("40000001", name="beyond the derived ids")
    original.add_user("somebody-else", name=None)
    original.add_user("5000006", createUtc=None, updateUtc=None, name="no times")


def _rooms(sample: Sample) -> None:
    original, alice, bob = sample.original, sample.user("alice"), sample.user("bob ")
    named = {"category": "mlvb-show-live", "title": "唱歌", "cover": "https://a.example/c.png"}
    original.add_room(alice, **named, createBy=alice, updateBy=alice, ownBy=alice, star=7)
    gone = datetime(2023, 1, 2, 3, 4, 5, tzinfo=UTC)
    original.add_room(bob, createBy=bob, ownBy=bob, removed=1, removeUtc=gone, title="over")
    original.add_room("1046027", category="TUIRoom", title="soon", createBy=alice, ownBy=None)
    original.add_room("1046028", createBy=None, ownBy=None)
    original.add_room(None, createBy=alice, ownBy=alice)
    original.add_room("40000002", createBy=bob, ownBy=bob, title="beyond")
    original.add_room("room-of-texts", createBy=bob, ownBy=bob, title="text", category="mlvb-show-live")
    original.add_room("99999999999", createBy=bob, ownBy=bob, title="too long")
    original.add_room(sample.user("u78"), createBy=bob, ownBy=bob, title="in another's id")
    _guests(sample, alice)


def _guests(sample: Sample, room: str) -> None:
    """Let some people be in a room now, and others have crashed there years ago."""
    now = datetime.now(UTC).replace(microsecond=0)
    rows = [(room, "anchor", now - timedelta(hours=1))]
    rows += [(sample.user(f"viewer{number}"), "guest", now - timedelta(minutes=number)) for number in range(3)]
    rows += [(sample.user(f"viewer{number}"), "audience", now - timedelta(days=400)) for number in range(3, 20)]
    for user, role, entered in rows:
        sample.original.insert(
            "users_in_room",
            {"roomId": room, "userId": user, "role": role, "createUtc": entered, "updateUtc": entered},
        )
