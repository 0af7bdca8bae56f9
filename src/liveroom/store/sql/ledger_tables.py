"""The tables of the ledger: accounts, journals and their entries, what waits to be added, lots of granted coins."""

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, String

from liveroom.store.sql.columns import (
    ID,
    LINE,
    SHORT,
    big,
    instant,
    key,
    maybe_instant,
    number,
    small,
    table,
    text,
)

KIND: Final = String(16)

accounts: Final = table(
    "accounts",
    key("id"),
    text("tenant"),
    text("currency", KIND),
    text("kind", KIND),
    text("owner"),
    big("balance"),
    Column("floor", BigInteger, nullable=True),
    text("state", KIND),
    small("frozen"),
    # When what a deleted user has left is nobody's any more.
    maybe_instant("closes"),
    # What was given out of a wallet: the last day, as 20261130, and the coins of that day and of its month.
    Column("given_day", BigInteger, nullable=False, server_default="0"),
    Column("given_in_day", BigInteger, nullable=False, server_default="0"),
    Column("given_in_month", BigInteger, nullable=False, server_default="0"),
    # Caps that a wallet's user has set for themselves, as JSON; "" for none.
    Column("own_caps", SHORT, nullable=False, server_default=""),
    Index("lr_accounts_name", "tenant", "kind", "owner", unique=True),
    Index("lr_accounts_owner", "owner"),
    Index("lr_accounts_closes", "closes"),
    Index("lr_accounts_tenant", "tenant", "id"),
    # A balance below its floor is a mistake of ours, unless a refund or a reversed top-up has taken it there.
    CheckConstraint("floor IS NULL OR balance >= floor OR state = 'owing'", name="lr_accounts_above_floor"),
)

journals: Final = table(
    "journals",
    key("id"),
    text("tenant"),
    text("kind", KIND),
    text("key", SHORT),
    text("digest", SHORT),
    Column("reverses", ID, nullable=True),
    text("made_by"),
    instant("created"),
    Index("lr_journals_key", "tenant", "key", unique=True),
    Index("lr_journals_reverses", "tenant", "reverses", unique=True),
)

entries: Final = table(
    "entries",
    number("n"),
    text("journal"),
    text("account"),
    big("amount"),
    text("doc"),
    Index("lr_entries_account", "account", "journal", "n"),
    Index("lr_entries_journal", "journal"),
)

minor_refunds: Final = table(
    "minor_refunds",
    key("id"),
    text("tenant"),
    text("key", SHORT),
    text("digest", SHORT),
    text("user_id"),
    text("wallet"),
    text("promo"),
    instant("since"),
    instant("until"),
    text("reason", LINE),
    text("made_by"),
    instant("created"),
    # What is done next: gifts, promo, purchases; "done".
    text("step", KIND),
    # The line of the statement that was done last, as ``journal.n``.
    text("done_to", SHORT),
    big("gifts"),
    big("coins"),
    big("purchases"),
    big("purchased"),
    big("skipped"),
    maybe_instant("finished"),
    Index("lr_minor_refunds_key", "tenant", "key", unique=True),
    Index("lr_minor_refunds_step", "step", "id"),
    Index("lr_minor_refunds_user", "user_id"),
)

dues: Final = table(
    "dues",
    number("n"),
    text("account"),
    big("amount"),
    text("journal"),
    Index("lr_dues_account", "account"),
)

approvals: Final = table(
    "approvals",
    key("id"),
    text("tenant"),
    text("kind", KIND),
    text("key", SHORT),
    text("digest", SHORT),
    big("amount"),
    text("target"),
    text("words", LINE),
    text("made_by"),
    instant("at"),
    text("state", KIND),
    text("decided_by"),
    maybe_instant("decided"),
    # What is asked for, as JSON.
    Column("said", LINE, nullable=False, server_default=""),
    Index("lr_approvals_key", "tenant", "key", unique=True),
    Index("lr_approvals_state", "tenant", "state", "id"),
    Index("lr_approvals_by", "tenant", "made_by", "at"),
    Index("lr_approvals_target", "target", "at"),
)

lots: Final = table(
    "lots",
    key("journal"),
    text("account"),
    big("remaining"),
    maybe_instant("expires"),
    # When what is left of it is to be taken away: of a spent one never.
    maybe_instant("due"),
    Index("lr_lots_account", "account", "remaining"),
    Index("lr_lots_due", "due"),
)

payouts: Final = table(
    "payouts",
    key("id"),
    text("tenant"),
    text("account"),
    text("key"),
    text("digest", SHORT),
    big("points"),
    text("state", KIND),
    text("made_by"),
    instant("created"),
    Column("ended", ID, nullable=True),
    big("cleared"),
    Index("lr_payouts_key", "tenant", "key", unique=True),
    Index("lr_payouts_state", "tenant", "state", "id"),
    Index("lr_payouts_held", "state", "created"),
    Index("lr_payouts_account", "account", "id"),
    Index("lr_payouts_ended", "account", "ended"),
)

checkpoints: Final = table("checkpoints", key("account"), text("until"), big("amount"))

differences: Final = table(
    "differences",
    key("id", SHORT),
    text("check_of", KIND),
    text("tenant"),
    text("subject", SHORT),
    big("expected"),
    big("found"),
    instant("since"),
)

seals: Final = table(
    "seals",
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    text("until"),
    text("digest", SHORT),
    big("journals"),
    instant("made"),
    # When it was computed anew last; 0: not yet.
    instant("checked"),
    Index("lr_seals_checked", "checked", "number"),
)
