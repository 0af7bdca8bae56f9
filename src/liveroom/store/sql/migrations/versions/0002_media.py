"""A tenant's media provider. The release before does not know the column, and writes rows without it."""

from typing import Final

from alembic import op
from sqlalchemy import Column, String

revision: Final = "0002"
down_revision: Final = "0001"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_tenants", Column("rtc", String(64), nullable=False, server_default=""))
