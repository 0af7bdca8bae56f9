"""Last signs of life are not kept in SQL any more: only a web function without Redis needed them, and there is none."""

from typing import Final

from alembic import op

revision: Final = "0014"
down_revision: Final = "0013"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.drop_table("lr_signs_of_life")
