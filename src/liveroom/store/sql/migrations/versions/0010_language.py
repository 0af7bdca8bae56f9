"""The language that a user has chosen for texts; "" for none."""

from typing import Final

from alembic import op
from sqlalchemy import Column, String

revision: Final = "0010"
down_revision: Final = "0009"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_users", Column("language", String(8), nullable=False, server_default=""))
