"""Which account each of an operator's own users has, and which users a tag has."""

from datetime import UTC, datetime

from liveroom.domain.ids import TenantName, UserId
from liveroom.store.sql.database import SqlDatabase

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHOP, OTHER = TenantName("shop"), TenantName("")


async def test_a_tag_has_the_users_that_were_made_under_it_until_they_are_removed(database: SqlDatabase) -> None:
    for tenant, tag, name, user in (
        (SHOP, "demo", "a", "1"),
        (SHOP, "demo", "b", "2"),
        (SHOP, "demos", "a", "3"),
        (OTHER, "demo", "a", "4"),
    ):
        assert await database.own_users.claim(tenant, tag, name, UserId(user), NOW) == user
    assert sorted(await database.own_users.of_tag(SHOP, "demo")) == ["1", "2"]
    assert await database.own_users.tags_of(UserId("3")) == ["demos"]
    await database.own_users.remove(UserId("1"))
    assert list(await database.own_users.of_tag(SHOP, "demo")) == ["2"]
    assert list(await database.own_users.tags_of(UserId("1"))) == []
