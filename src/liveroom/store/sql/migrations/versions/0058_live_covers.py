"""Frames of a stream that lists show as the picture of its room."""

from typing import Final

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision: Final = "0058"
down_revision: Final = "0057"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_rooms", Column("live_cover", Text(), nullable=True))
    op.add_column("lr_push_streams", Column("cover_due", BigInteger, nullable=True))
    op.create_index("lr_push_streams_cover", "lr_push_streams", ["cover_due", "id"])
