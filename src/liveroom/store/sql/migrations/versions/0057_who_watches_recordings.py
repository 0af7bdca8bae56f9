"""Whether a recording is for those alone who were in its broadcast: those of before are."""

from typing import Final

from alembic import op
from sqlalchemy import Column, SmallInteger

revision: Final = "0057"
down_revision: Final = "0056"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.add_column("lr_recordings", Column("secluded", SmallInteger, nullable=False, server_default="1"))
