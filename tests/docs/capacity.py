"""The tables of docs/capacity.md and its Chinese twin, computed from docs/performance.md and the mix of the apps.

`python -m tests.docs.capacity` writes them anew; `make bench` does so after measuring.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.bench.mix import KEEPALIVE, OTHERS, Share
from tests.bench.page import table
from tests.docs.pages import ROOT

FILLED: Final = 0.6
"""How much of a processor is given away; the rest is for peaks, and for the other processes when one is gone."""
SETUPS: Final = ("memory + SQLite", "Redis + MariaDB", "three Redis masters + MariaDB")
SHOWN: Final = "Redis + MariaDB"
_DAY: Final = 86_400
_PER: Final = 1000
_MEASURED: Final[Mapping[str, str]] = {
    "user_keepalive": "user_keepalive",
    "rooms/leave_room": "leave_room",
    "rooms/query_room orderBy=createUtc": "query_room",
    "rooms/query_room orderBy=totalJoined": "query_room",
    "rooms/enter_room role=audience": "enter_room",
    "user_login_token": "user_login_token",
    "oauth/signature": "oauth/signature",
    "oauth/register": "oauth/register",
}
_HOSTING: Final = ("rooms/enter_room role=anchor", "rooms/update_room", "rooms/destroy_room")


@dataclass(frozen=True, slots=True)
class Words:
    """What the tables say in one language."""

    page: str
    calls: tuple[str, str, str, str]
    others: str
    total: str
    setups: tuple[str, str, str, str]
    machines: tuple[str, str]
    machine: tuple[str, str, str]
    redis: tuple[str, str, str, str, str]
    rows: tuple[str, str, str, str]
    kept: tuple[str, str, str, str]
    row: tuple[str, str, str, str, str]


ENGLISH: Final = Words(
    "docs/capacity.md",
    ("call", "a second", "CPU-seconds per 1,000", "of a processor"),
    "all others",
    "**together**",
    ("setup", "of a processor for 1,000 users", "users on a full processor", "users at 60 %"),
    ("two processors", "users"),
    (
        "SQLite and memory: one process on one processor; the other one runs the proxy",
        "Redis and MariaDB on the same machine: one processor for liveroom, the other for them and the proxy",
        "Redis and MariaDB elsewhere: two processes, `--workers 2`",
    ),
    ("users online", "bytes for being online", "and for being in a room", "MB, half in rooms", "MB, all in rooms"),
    ("table", "rows for", "a day", "kept"),
    ("forever", "until the account is deleted", "31 days after their end", "one day"),
    ("stays of an audience", "logins", "new accounts", "broadcasts", "openings, changes, ends, logouts"),
)
CHINESE: Final = Words(
    "docs/capacity.zh-CN.md",
    ("调用", "每秒次数", "每千次 CPU 秒", "占一个核"),
    "其余合计",
    "**合计**",
    ("部署方式", "每千用户占一个核", "跑满一个核的用户数", "按 60 % 计"),
    ("双核机器", "用户数"),
    (
        "全用 SQLite 和内存：单进程只用一个核，另一个核空着",
        "Redis、MariaDB 同机：一个核给 liveroom，一个核给它俩和代理",
        "Redis、MariaDB 在别的机器上：`--workers 2`",
    ),
    ("在线用户", "在线，字节", "在房间内另加（含昵称、头像）", "一半人在房间，MB", "全部在房间，MB"),
    ("表", "每行对应", "每天行数", "保留"),
    ("一直", "到账号删除", "结束后 31 天", "一天"),
    ("观众的一次停留", "一次登录", "一个新账号", "一场直播", "开播、修改、下播、登出"),
)


def costs(setup: str) -> Mapping[str, float]:
    """Return the measured CPU-seconds per 1,000 of each call, from docs/performance.md."""
    head, *rows = _tables(_measured(), "Calls")
    column = head.index(setup)
    return {row[0].strip("`"): float(row[column].split(" ")[0]) for row in rows}


def used(share: Share, cost: Mapping[str, float]) -> float:
    """Return which part of a processor 1,000 users take with one of their calls.

    A call that is not measured costs as much as the dearest one that is.
    """
    return share.rate * cost.get(_MEASURED.get(share.call, ""), max(cost.values())) / _PER


def used_by_users(setup: str) -> float:
    """Return which part of a processor 1,000 users take with all of their calls."""
    cost = costs(setup)
    return sum(used(share, cost) for share in (KEEPALIVE, *OTHERS))


def _measured() -> str:
    return (ROOT / "docs/performance.md").read_text(encoding="utf-8")


def _tables(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without the line of dashes."""
    below = page.partition(heading)[2]
    found = re.search(r"^\|.*?(?=^[^|]|\Z)", below, re.MULTILINE | re.DOTALL)
    assert found, heading
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found[0].splitlines()]
    return [row for row in rows if not set("".join(row)) <= set("- ")]


def _calls(words: Words) -> str:
    cost = costs(SHOWN)
    single = [share for share in (KEEPALIVE, *OTHERS) if _MEASURED.get(share.call) in cost]
    rest = [share for share in OTHERS if share not in single]
    rows = [[f"`{s.call}`", f"{s.rate:.2f}", f"{cost[_MEASURED[s.call]]:.3f}", _percent(used(s, cost))] for s in single]
    rate, load = sum(share.rate for share in rest), sum(used(share, cost) for share in rest)
    rows.append([words.others, f"{rate:.2f}", f"{max(cost.values()):.3f}", _percent(load)])
    everything = sum(share.rate for share in (KEEPALIVE, *OTHERS))
    return table(words.calls, [*rows, [words.total, f"{everything:.1f}", "", f"**{_percent(used_by_users(SHOWN))}**"]])


def _percent(part: float) -> str:
    return f"{100 * part:.2f} %"


def _rounded(users: float) -> str:
    return f"{round(users, -3):,.0f}"


def _setups(words: Words) -> str:
    loads = {setup: used_by_users(setup) for setup in SETUPS}
    return table(
        words.setups,
        [[name, _percent(load), _rounded(_PER / load), _rounded(FILLED * _PER / load)] for name, load in loads.items()],
    )


def _machines(words: Words) -> str:
    alone, shared = (FILLED * _PER / used_by_users(setup) for setup in SETUPS[:2])
    return table(
        words.machines,
        [[what, _rounded(users)] for what, users in zip(words.machine, (alone, shared, 2 * shared), strict=True)],
    )


def _redis(words: Words) -> str:
    head, *rows = _tables(_measured(), "Growth with the number of users")
    figures = {row[0]: row[1:] for row in rows}
    found = []
    for column, label in enumerate(head[1:]):
        users = int(label.split(" ")[0].replace(",", ""))
        online = int(figures["bytes of Redis for a user online"][column])
        member = int(figures["and for being in a room, with name and avatar"][column])
        half, full = (users * (online + share * member) / 1e6 for share in (0.5, 1.0))
        found.append([f"{users:,}", str(online), str(member), f"{half:,.1f}", f"{full:,.1f}"])
    return table(words.redis, found)


def _rows(words: Words) -> str:
    rate = {share.call: share.rate for share in OTHERS}
    hosting = sum(rate[call] for call in _HOSTING)
    ever, account, ended, day = words.kept
    stay, login, new, show, received = words.row
    entered = rate["rooms/enter_room role=audience"] + rate["rooms/enter_room role=anchor"]
    rows = [
        ("lr_stays", stay, entered, ever),
        ("lr_broadcasts", show, rate["rooms/enter_room role=anchor"], ever),
        ("lr_users, lr_credentials", new, rate["oauth/register"], account),
        ("lr_sessions, lr_signatures", login, rate["oauth/signature"], ended),
        ("lr_outbox", received, hosting + rate["user_logout"] + rate["user_update"], day),
    ]
    return table(words.rows, [[f"`{n}`", w, f"{r * _DAY:,.0f}", k] for n, w, r, k in rows])


PARTS: Final[Mapping[str, Callable[[Words], str]]] = {
    "calls": _calls,
    "setups": _setups,
    "machines": _machines,
    "redis": _redis,
    "rows": _rows,
}


def page(words: Words) -> str:
    """Return the page with its tables as the figures of today give them."""
    text = (ROOT / words.page).read_text(encoding="utf-8")
    for name, part in PARTS.items():
        begin, end = f"<!-- computed: {name} -->", "<!-- end -->"
        before, mark, rest = text.partition(begin)
        assert mark, f"{words.page} has no place for {name}"
        text = f"{before}{begin}\n\n{part(words)}\n\n{end}{rest.partition(end)[2]}"
    return text


def pages() -> Sequence[tuple[str, str]]:
    """Return both pages, by name."""
    return [(words.page, page(words)) for words in (ENGLISH, CHINESE)]


def write() -> None:
    """Write both pages anew."""
    for name, text in pages():
        (ROOT / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
