"""Rooms in which only followers of the owner write, or come to a seat; charges by who sent the gift."""

from typing import Final

from alembic import op
from sqlalchemy import Column, SmallInteger

revision: Final = "0042"
down_revision: Final = "0041"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_rooms", Column("followers_chat", SmallInteger, nullable=False, server_default="0"))
    op.add_column("lr_rooms", Column("followers_seats", SmallInteger, nullable=False, server_default="0"))
    op.create_index("lr_charges_sender", "lr_charges", ["sender", "id"])
