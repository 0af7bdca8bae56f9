"""What Alembic runs for each command of ``schema``, which brings the connection and wants to hear what was applied.

``alembic`` on the command line is not used; a new revision is a file in ``versions`` that takes the next number.
"""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo

from liveroom.store.sql.current import VERSION_TABLE
from liveroom.store.sql.tables import metadata


def _note(ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]) -> None:
    context.config.attributes["applied"].append(step.up_revision_id)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    on_version_apply=_note,
)
with context.begin_transaction():
    context.run_migrations()
