"""What a migration would do, asked beforehand: which revisions, of which tables, and nothing is changed."""

from liveroom.store.sql import schema
from liveroom.store.sql.current import newest_revision
from liveroom.store.sql.pending import is_older, plan_migration
from liveroom.store.sql.schema import SchemaState, migrate, schema_state


async def test_the_plan_names_every_revision_to_come_and_the_tables_that_it_changes(empty_url: str) -> None:
    await migrate(empty_url, to="0041")
    plan = await plan_migration(empty_url)
    assert (plan.state, plan.has, plan.wants) == (SchemaState.OLDER, "0041", newest_revision())
    first, *_ = plan.pending
    assert [one.revision for one in plan.pending] == await migrate(empty_url)
    assert first.about.startswith("Rooms in which only followers")
    assert first.tables == ("lr_charges", "lr_rooms")
    assert set(plan.rows) >= {"lr_charges", "lr_rooms"}
    assert plan.last_backup is None


async def test_asking_changes_nothing(empty_url: str) -> None:
    assert (await plan_migration(empty_url)).state is SchemaState.EMPTY
    assert await schema_state(empty_url) is SchemaState.EMPTY
    await migrate(empty_url, to="0042")
    await plan_migration(empty_url)
    assert await schema.on_connection(empty_url, schema.revision_of) == "0042"


async def test_with_the_newest_schema_nothing_is_pending(empty_url: str) -> None:
    await migrate(empty_url)
    plan = await plan_migration(empty_url)
    assert (plan.state, plan.pending, plan.has) == (SchemaState.CURRENT, (), newest_revision())


def test_revisions_are_compared_by_their_order() -> None:
    assert is_older("0041", "0042")
    assert is_older(None, "0012")
    assert not is_older("0042", "0042")
    assert not is_older("0043", "0042")
