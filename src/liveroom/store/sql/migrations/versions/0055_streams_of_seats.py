"""Streams that belong to a seat."""

from typing import Final

from alembic import op
from sqlalchemy import Column, SmallInteger

revision: Final = "0055"
down_revision: Final = "0054"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_push_streams", Column("seat", SmallInteger, nullable=False, server_default="0"))
