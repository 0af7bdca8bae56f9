"""An event knows the trace in which it was recorded, for whichever process delivers it."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0045"
down_revision: Final = "0044"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_events", sa.Column("trace", sa.String(64), nullable=False, server_default=""))
