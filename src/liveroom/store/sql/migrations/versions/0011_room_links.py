"""The key in a private room's link. The release before does not know the column, and writes rows without it."""

from typing import Final

from alembic import op
from sqlalchemy import Column, String

revision: Final = "0011"
down_revision: Final = "0010"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_rooms", Column("link_key", String(32), nullable=False, server_default=""))
