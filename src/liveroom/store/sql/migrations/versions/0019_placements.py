"""Where operators have put rooms in the lists: pinned, featured, behind all others."""

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision: Final = "0019"
down_revision: Final = "0018"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_rooms", Column("placement", Text(), nullable=True))
    op.add_column("lr_rooms", Column("placed_until", BigInteger(), nullable=True))
    op.create_index("lr_rooms_placed", "lr_rooms", ["placed_until", "id"])
