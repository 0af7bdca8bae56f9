"""What operators changed, as it was and as it is since then."""

from typing import Final

from alembic import op
from sqlalchemy import Column, Text

revision: Final = "0016"
down_revision: Final = "0015"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_audit", Column("was", Text(), nullable=True))
    op.add_column("lr_audit", Column("becomes", Text(), nullable=True))
