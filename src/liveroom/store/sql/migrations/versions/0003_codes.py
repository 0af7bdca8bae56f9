"""Codes sent to phones and mailboxes, and how often."""

from typing import Final

revision: Final = "0003"
down_revision: Final = "0002"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    pass
