"""What operators configure in SQL: each kind is kept whole, replaced, sealed anew and removed in the same way."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from liveroom.domain.accounts.own_users import FixedSecret
from liveroom.domain.hooks.model import Hook, HookType, Otherwise
from liveroom.domain.tenants.app_signatures import AppKey
from liveroom.domain.tenants.server_keys import ServerKey
from liveroom.domain.webhooks.model import Webhook, WebhookState
from liveroom.ports import ConfiguredRows, Stored
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import ACME, HOME, NOW, SECOND


class Kind(NamedTuple):
    """A kind of item: where its rows are, two of them that differ in everything, and whether they have a secret."""

    rows: str
    item: Any
    other: Any
    is_sealed: bool = True


URL = "https://例.example/hook?a=1"
WEBHOOK = Webhook(
    *("wh_1", ACME, URL, (), NOW, frozenset({"room.*"}), frozenset({"ktv", "pk"})),
    *(7, timedelta(milliseconds=2500), WebhookState.OFF, "as the operator wants it 🎤"),
)
HOOK = Hook("hk_1", ACME, URL, (), NOW, HookType.TEXT, frozenset({"ktv"}), timedelta(seconds=2), Otherwise.REFUSE)
KEY = ServerKey("a" * 16, ACME, "小店", "e" * 64, frozenset({"act:*", "*"}), NOW, NOW + SECOND, NOW - SECOND, NOW)
KINDS = (
    Kind("webhooks", WEBHOOK, Webhook("wh_2", HOME, "http://b", (), NOW + SECOND)),
    Kind("hooks", HOOK, Hook("hk_2", HOME, "http://b", (), NOW + SECOND, HookType.GO_LIVE)),
    Kind(
        "fixed_secrets", FixedSecret("fs_1", ACME, "player", "", NOW), FixedSecret("fs_2", HOME, "", "", NOW + SECOND)
    ),
    Kind("app_keys", AppKey("ak_1", ACME, "歌", "", NOW), AppKey("ak_2", HOME, "", "", NOW + SECOND)),
    Kind("server_keys", KEY, ServerKey("b" * 16, HOME, "", "", frozenset(), NOW + SECOND), is_sealed=False),
)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.rows)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


def rows_of(kind: Kind, database: SqlDatabase) -> ConfiguredRows[Any]:
    rows: ConfiguredRows[Any] = getattr(database, kind.rows)
    return rows


def stored(kind: Kind, item: Any, sealed: str = "sealed") -> Stored[Any]:
    return Stored(item, sealed if kind.is_sealed else "")


async def test_items_are_kept_as_they_are_and_listed_from_the_oldest_on(database: SqlDatabase, kind: Kind) -> None:
    rows = rows_of(kind, database)
    await rows.put(stored(kind, kind.other))
    await rows.put(stored(kind, kind.item))
    assert await rows.list() == [stored(kind, kind.item), stored(kind, kind.other)]


async def test_an_item_is_replaced_as_a_whole(database: SqlDatabase, kind: Kind) -> None:
    rows = rows_of(kind, database)
    await rows.put(stored(kind, kind.item))
    changed = stored(kind, replace(kind.other, id=kind.item.id), "again")
    await rows.put(changed)
    assert await rows.list() == [changed]
    assert await rows.lock(kind.item.id) == changed
    assert await rows.lock(kind.other.id) is None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.is_sealed], ids=lambda kind: kind.rows)
async def test_a_secret_is_sealed_anew_unless_it_has_changed(database: SqlDatabase, kind: Kind) -> None:
    rows = rows_of(kind, database)
    await rows.put(stored(kind, kind.item))
    assert not await rows.reseal(kind.item.id, "other", "new")
    assert await rows.reseal(kind.item.id, "sealed", "new")
    assert await rows.list() == [stored(kind, kind.item, "new")]


async def test_a_removed_item_is_gone_and_no_other(database: SqlDatabase, kind: Kind) -> None:
    rows = rows_of(kind, database)
    await rows.put(stored(kind, kind.item))
    await rows.put(stored(kind, kind.other))
    for _ in range(2):
        await rows.remove(kind.item.id)
    assert await rows.list() == [stored(kind, kind.other)]
