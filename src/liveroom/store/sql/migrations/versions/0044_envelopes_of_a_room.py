"""Red envelopes are found by their room."""

from typing import Final

from alembic import op

revision: Final = "0044"
down_revision: Final = "0043"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    op.create_index("lr_envelopes_room", "lr_envelopes", ["room", "id"])
