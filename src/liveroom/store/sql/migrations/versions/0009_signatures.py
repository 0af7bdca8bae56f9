"""Signatures: with which tags a login's signatures have carried their time."""

from typing import Final

from alembic import op
from sqlalchemy import Column, Text

revision: Final = "0009"
down_revision: Final = "0008"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_credentials", Column("timed", Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("lr_credentials", "timed")
