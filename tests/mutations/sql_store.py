"""Defects of ``store/sql``: conditions that keep two writers apart, and what is to be erased or dropped."""

from typing import Final

from tests.mutations.defect import Defect

_SQL: Final = "src/liveroom/store/sql/"

SQL_STORE: Final = (
    Defect(
        "note-of-a-report",
        f"{_SQL}privacy/personal_data.py",
        '{"reporter": _PSEUDONYM, "note": ""},',
        '{"reporter": _PSEUDONYM},',
        "What a deleted user wrote into their reports stays.",
        "tests/usecases/privacy/test_erasures.py::test_each_column_becomes_what_the_decision_says[sqlite]",
    ),
    Defect(
        "report-in-the-stream-of-another",
        f"{_SQL}privacy/personal_data.py",
        "        user=reports.c.target,\n",
        "",
        "Events still tell what a deleted user wrote into a report of somebody who was in no room.",
        "tests/usecases/privacy/test_erasures.py"
        "::test_what_was_told_in_rooms_of_others_and_of_others_names_them_no_more[sqlite]",
    ),
    Defect(
        "events-told-meanwhile",
        f"{_SQL}webhooks/partitions.py",
        "_ACK: Final = statement(delete(event_partitions).where(_OURS, _C.last == _C.seen))",
        "_ACK: Final = statement(delete(event_partitions).where(_OURS))",
        "An event that comes while others of its room are being delivered is never delivered.",
        "tests/store/sql/webhooks/test_partitions.py::test_what_is_told_meanwhile_waits_and_what_was_claimed_counts_as_sent[sqlite]",
    ),
    Defect(
        "undone-outbox-rows",
        f"{_SQL}events/outbox.py",
        '.where(outbox.c.done == 1, outbox.c.created < bindparam("before"))',
        '.where(outbox.c.created < bindparam("before"))',
        "After a long outage of Redis changes of rooms are dropped that were never applied.",
        "tests/store/sql/events/test_outbox.py::test_purge_drops_the_oldest_done_rows_and_no_number_comes_twice[sqlite]",
    ),
    Defect(
        "second-end-of-a-stay",
        f"{_SQL}presence/stays.py",
        'is_taken = and_(is_newer, or_(stays.c.left_at.is_(None), new["left_at"].is_(None)))',
        "is_taken = and_(is_newer)",
        "Attendance says another end of a stay than webhooks were told.",
        "tests/store/sql/presence/test_stays.py::test_of_two_ends_the_first_stays_and_what_is_older_than_the_second_does_not_open_it[sqlite]",
    ),
    Defect(
        "code-used-twice",
        f"{_SQL}accounts/codes.py",
        'codes.c.tries < bindparam("most", type_=Integer), codes.c.used.is_(None))',
        'codes.c.tries < bindparam("most", type_=Integer))',
        "A one-time code signs in several times.",
        "tests/store/sql/accounts/test_codes.py::test_tries_are_spent_up_to_the_last_and_none_of_a_used_code[sqlite]",
    ),
    Defect(
        "likes-step-back",
        f"{_SQL}rooms/rows.py",
        '.where(broadcasts.c.id == bindparam("key"), broadcasts.c.likes < bindparam("most"))',
        '.where(broadcasts.c.id == bindparam("key"))',
        "A late write takes likes away from a broadcast.",
        "tests/store/sql/rooms/test_rows.py::test_likes_of_a_broadcast_never_become_fewer[sqlite]",
    ),
    Defect(
        "write-after-a-freeze",
        f"{_SQL}fenced.py",
        "            result = await work(runner)\n            self._check()\n            return result",
        "            return await work(runner)",
        "A process that was frozen within a transaction commits what another has decided meanwhile.",
        "tests/app/test_occupancy.py::test_a_process_frozen_within_a_transaction_does_not_commit_it",
    ),
    Defect(
        "transaction-left-open",
        f"{_SQL}sqlite.py",
        "            except BaseException:\n                self._writer.roll_back()\n                raise",
        "            except Exception:\n                self._writer.roll_back()\n                raise",
        "After one caller has hung up within a transaction nobody can write any more.",
        "tests/store/sql/test_transactions.py::test_a_cancelled_transaction_leaves_nothing_and_hinders_nobody[sqlite]",
    ),
    Defect(
        "unordered-locks",
        "src/liveroom/store/sql/ledger/accounts.py",
        "_C.id.in_(_IDS)).order_by(_C.id).with_for_update()",
        "_C.id.in_(_IDS)).with_for_update()",
        "Two transactions that lock the same accounts in two orders wait for each other until one is given up.",
        "tests/usecases/ledger/test_folding.py::test_accounts_are_locked_in_the_order_of_their_ids",
    ),
)
