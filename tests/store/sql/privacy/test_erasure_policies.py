"""Every text column of every table is declared: what becomes of it when a user is deleted."""

from sqlalchemy import String

from liveroom.store.sql.tables import metadata
from tests.store.sql.privacy.erasure_policies import policies


def test_each_text_column_is_emptied_gets_the_pseudonym_or_is_kept_on_purpose() -> None:
    """Who adds a column decides it in docs/decisions/0029-deleted-users.md; store/sql/traces.py does it."""
    declared = {
        table: sorted([*policy.emptied, *policy.pseudonym, *policy.kept]) for table, policy in policies().items()
    }
    there = {
        name: sorted(column.name for column in table.columns if isinstance(column.type, String))
        for name, table in metadata.tables.items()
    }
    assert declared == there
