"""Tables and columns by the words that the code uses. The release before does not know them: none was released."""

from typing import Any, Final

from alembic import op
from sqlalchemy import SmallInteger, String, Text, column, table, update

revision: Final = "0013"
down_revision: Final = "0012"
branch_labels: Final = None
depends_on: Final = None

_TABLES: Final = {
    ("lr_standings", "lr_access_records"): {
        "user": ["user_id"],
        "role": ["room", "role"],
        "banned": ["room", "banned_until"],
        "muted": ["room", "muted_until"],
    },
    ("lr_event_lanes", "lr_event_partitions"): {"due": ["target", "due"]},
    ("lr_dead_events", "lr_dead_letters"): {
        "due": ["due"],
        "target": ["target", "due"],
        "died": ["target", "died"],
        "stream": ["stream", "seq"],
    },
}
"""Former and new name of a table, and its indexes, which carry the table's name."""


def upgrade() -> None:
    for (before, after), indexes in _TABLES.items():
        _rename_table(before, after, indexes)
    _rename_column("lr_rooms", "barred", "delisted", SmallInteger(), existing_server_default="0")
    _rename_column("lr_stays", "places", "entries", Text())
    _rename_column("lr_hooks", "moment", "hook_type", String(64))
    _rename_column("lr_vendor_work", "lane", "partition_key", String(128), existing_nullable=True)
    counters = table("lr_counters", column("name"))
    op.execute(update(counters).where(counters.c.name == "arrangements").values(name="configuration"))


def _rename_table(before: str, after: str, indexes: dict[str, list[str]]) -> None:
    for index in indexes:
        op.drop_index(f"{before}_{index}", before)
    op.rename_table(before, after)
    for index, columns in indexes.items():
        op.create_index(f"{after}_{index}", after, columns)


def _rename_column(table_name: str, before: str, after: str, kind: Any, **existing: Any) -> None:
    as_it_is = {"existing_type": kind, "existing_nullable": False, **existing}
    op.alter_column(table_name, before, new_column_name=after, **as_it_is)
