"""What an operator asked for is kept with the approval: whoever decides sees it, and it can be repeated."""

from typing import Final

from alembic import op
from sqlalchemy import Column, String

revision: Final = "0033"
down_revision: Final = "0032"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_approvals", Column("said", String(1024), nullable=False, server_default=""))
