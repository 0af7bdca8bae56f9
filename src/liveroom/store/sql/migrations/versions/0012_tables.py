"""All tables, in place of the twelve revisions that made them before anything was released.

It keeps the number of the last of the twelve, so that a database made by them needs nothing. It is never edited: a
later change is another revision.
"""

from typing import Final

from alembic import op
from sqlalchemy import column, table

from liveroom.store.sql.migrations.first.accounts import create_accounts
from liveroom.store.sql.migrations.first.backend import create_backend
from liveroom.store.sql.migrations.first.rooms import create_rooms

revision: Final = "0012"
down_revision: Final = None
branch_labels: Final = None
depends_on: Final = None

FIRST_ID: Final = 40_000_001


def upgrade() -> None:
    create_accounts()
    create_rooms()
    create_backend()
    counters = table("lr_counters", column("name"), column("value"))
    begin = {"ids": FIRST_ID, "tenants": 0, "arrangements": 0}
    op.bulk_insert(counters, [{"name": name, "value": value} for name, value in begin.items()])
