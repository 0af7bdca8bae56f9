"""What usernames look like, so that no look-alike is registered beside them."""

from typing import Final

from alembic import op
from sqlalchemy import Column, String, bindparam, column, select, table, update

from liveroom.domain.accounts.looks import look_of

revision: Final = "0012"
down_revision: Final = "0011"
branch_labels: Final = None
depends_on: Final = None

_BATCH: Final = 1000
_credentials: Final = table("lr_credentials", column("tenant"), column("folded"), column("look"))


def upgrade() -> None:
    op.add_column("lr_credentials", Column("look", String(32), nullable=False, server_default=""))
    _fill()
    op.create_index("lr_credentials_look", "lr_credentials", ["tenant", "look"])


def _fill() -> None:
    """Give those that are there their look, a batch after the other."""
    rows, connection = _credentials.c, op.get_bind()
    put = (
        update(_credentials)
        .where(rows.tenant == bindparam("of"), rows.folded == bindparam("name"))
        .values(look=bindparam("seen"))
    )
    some = select(rows.tenant, rows.folded).where(rows.look == "").limit(_BATCH)
    while found := connection.execute(some).all():
        connection.execute(put, [{"of": tenant, "name": folded, "seen": look_of(folded)} for tenant, folded in found])
