"""Which broadcasts of a tenant are recorded."""

from typing import Final

from alembic import op
from sqlalchemy import Column, String

revision: Final = "0059"
down_revision: Final = "0058"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_tenants", Column("recordings", String(8), nullable=False, server_default=""))
