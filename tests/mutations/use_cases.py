"""Defects of ``usecases``: the order of steps, what is checked inside the lock, what is taken back."""

from typing import Final

from tests.mutations.defect import Defect

_USE_CASES: Final = "src/liveroom/usecases/"

USE_CASES: Final = (
    Defect(
        "operators-guessed-at-once",
        f"{_USE_CASES}operators/signing_in.py",
        "        await attempt.check()\n        if not account.has_totp",
        "        if not account.has_totp",
        "An operator's password can be guessed without limit by many requests at the same moment.",
        "tests/contract/test_operators.py::test_of_guesses_made_all_at_once_a_right_one_cannot_be_told",
    ),
    Defect(
        "last-administrator",
        f"{_USE_CASES}operators/accounts.py",
        "if not is_reset and account.is_administrator and",
        "if not is_reset and account.disabled is not None and",
        "The last administrator removes themselves, and nobody can do everything any more.",
        "tests/contract/test_operator_grants.py::test_the_last_administrator_stays_whoever_asks[embedded]",
    ),
    Defect(
        "search-that-finds-nothing",
        f"{_USE_CASES}rooms/searching.py",
        "        if not rooms:\n            return _NOTHING, False\n",
        "",
        "A search that finds no room shows all rooms there are.",
        "tests/contract/test_search.py::test_only_rooms_that_everybody_may_see_are_found[embedded]",
    ),
    Defect(
        "pin-of-what-is-being-recalled",
        f"{_USE_CASES}messages/pinning.py",
        "        await self._check_still_said(actor, message)\n",
        "",
        "A message that is recalled while it is pinned stays above all others for good.",
        "tests/usecases/messages/test_pinning.py::test_a_message_that_is_recalled_while_it_is_pinned_is_not_pinned",
    ),
    Defect(
        "link-of-a-hidden-room",
        f"{_USE_CASES}rooms/public.py",
        "room.options.is_listed and not room.hidden and not room.delisted",
        "not room.hidden",
        "The link of a private room shows its title to whoever counts through the ids.",
        "tests/http/test_shared_links.py::test_of_any_other_room_the_link_says_nothing",
    ),
    Defect(
        "guesses-at-once",
        f"{_USE_CASES}accounts/logins.py",
        "        await attempt.check()\n        attempt.remember()",
        "        attempt.remember()",
        "Passwords can be guessed without limit by many requests at the same moment.",
        "tests/usecases/accounts/test_logins.py::test_guesses_made_all_at_once_are_limited_too_and_the_right_one_among_them_cannot_be_told",
    ),
    Defect(
        "logout-of-another",
        f"{_USE_CASES}accounts/sessions.py",
        "        if user_id and user_id != claims.user:\n            return\n",
        "",
        "A logout that names another user ends the session of whoever's token came along.",
        "tests/usecases/accounts/test_logins.py::test_rubbish_ends_no_session",
    ),
    Defect(
        "ipv6-address",
        f"{_USE_CASES}accounts/attempts.py",
        'self._here = (f"{account}:{network_of(address)}", ACCOUNT_FAILURES)',
        'self._here = (f"{account}:{address}", ACCOUNT_FAILURES)',
        "Whoever has an IPv6 network guesses at an account from as many addresses as they like.",
        "tests/usecases/accounts/test_attempts.py::test_an_ipv6_network_is_one_address",
    ),
    Defect(
        "closes-the-next-broadcast",
        f"{_USE_CASES}rooms/broadcasts.py",
        "room.state is not RoomStatus.LIVE or broadcast not in (None, room.broadcast):",
        "room.state is not RoomStatus.LIVE:",
        "A late end of a broadcast closes the room that its host has opened again.",
        "tests/usecases/rooms/test_broadcasts.py::test_a_late_end_of_a_broadcast_leaves_the_next_one_of_the_room_alone",
    ),
    Defect(
        "place-of-a-caller-who-hung-up",
        f"{_USE_CASES}rooms/entering.py",
        "except (Failure, asyncio.CancelledError) as failure:\n            await self.departures.take_back(",
        "except Failure as failure:\n            await self.departures.take_back(",
        "Whoever hangs up while they enter stays in the room as a ghost.",
        "tests/usecases/rooms/test_entering.py::test_an_enter_whose_caller_hung_up_leaves_neither_member_nor_place",
    ),
    Defect(
        "ban-of-the-holder",
        f"{_USE_CASES}moderation/room_access.py",
        "if action.right is Right.BAN and target.id == room.holder:",
        "if action.right is Right.BAN and target.id == room.owner:",
        "The heir of a broadcast bans the holder from the room that is theirs.",
        "tests/contract/test_moderation.py::test_nobody_is_kept_out_of_a_room_that_is_theirs_to_open[embedded]",
    ),
    Defect(
        "who-reported-me",
        f"{_USE_CASES}moderation/reports.py",
        'return frozenset((UserId(""), found.owner, actor.user))',
        'return frozenset((UserId(""), found.owner))',
        "A moderator reads who has reported them.",
        "tests/contract/test_reports.py::test_nobody_but_an_admin_sees_or_resolves_what_was_reported_of_them[embedded]",
    ),
    Defect(
        "ban-that-an-old-appeal-lifts",
        f"{_USE_CASES}moderation/measures.py",
        "if user is not None and (user.banned_until, user.ban_reason) == (statement.until, statement.line):",
        "if user is not None:",
        "An appeal against an old ban lifts the one that has taken its place.",
        "tests/contract/test_report_queue.py::test_whoever_is_banned_appeals_with_the_token_of_the_statement_and_a_newer_ban_stays[embedded]",
    ),
    Defect(
        "report-of-another-operator",
        f"{_USE_CASES}moderation/queue.py",
        'if report.claimant(now) not in ("", operator.actor) and not handling.force:',
        "if False:",
        "Two operators act on the same report, though one of them has claimed it.",
        "tests/contract/test_report_queue.py::test_of_two_operators_who_claim_a_report_at_once_one_has_it_for_a_quarter_of_an_hour[embedded]",
    ),
    Defect(
        "late-kick",
        f"{_USE_CASES}events/relay.py",
        "if member is not None and member.joined <= at:",
        "if member is not None:",
        "A kick that is applied late puts out somebody who has come back since.",
        "tests/usecases/moderation/test_reports.py::test_a_late_kick_meets_nobody_who_has_come_back_since",
    ),
    Defect(
        "outbox-order",
        f"{_USE_CASES}events/relay.py",
        "            stuck.add(row.subject)\n",
        "",
        "After an outage the changes of a room reach its members in another order than they were made.",
        "tests/usecases/events/test_relay.py::test_a_row_holds_back_those_behind_it_though_the_store_is_back_before_their_turn",
    ),
    Defect(
        "read-before-the-lock",
        f"{_USE_CASES}presence/recovery.py",
        "            await tx.events.hold({of_room(stay.room) for stay in stays})\n"
        "            known = await tx.stays.known(ids)\n",
        "            known = await tx.stays.known(ids)\n"
        "            await tx.events.hold({of_room(stay.room) for stay in stays})\n",
        "Webhooks are told twice that a member came when two processes write the same journal.",
        "tests/recorded_events/test_journaling.py::test_what_two_processes_write_in_the_same_moment_is_told_once",
    ),
    Defect(
        "dead-letter-of-a-lapsed-claim",
        f"{_USE_CASES}webhooks/rounds.py",
        "            if is_ours:\n                await tx.dead_letters.add(dead)",
        "            await tx.dead_letters.add(dead)",
        "An event that another process delivers meanwhile becomes a dead letter too.",
        "tests/webhooks/test_lagging.py::test_a_claim_that_has_lapsed_gives_nothing_up",
    ),
    Defect(
        "wanted-quiet",
        f"{_USE_CASES}webhooks/rounds.py",
        "wait = max(wait_before(tries, self._delivering.chance()), failure.again or timedelta(0))",
        "wait = wait_before(tries, self._delivering.chance())",
        "A receiver that answers 429 with Retry-After is asked again too early.",
        "tests/webhooks/test_lagging.py::test_a_process_that_has_just_started_leaves_a_receiver_alone_that_has_asked_for_quiet",
    ),
    Defect(
        "hooks-of-the-old-category",
        f"{_USE_CASES}hooks/calls.py",
        "if hook.is_about(now_asked.category):",
        "if hook.is_about(call.category):",
        "A hook is not asked about a room that a module has moved into its category.",
        "tests/usecases/hooks/test_calls.py::test_a_hook_is_asked_about_a_room_that_a_module_has_moved_into_its_category",
    ),
    Defect(
        "seats-of-the-banned",
        f"{_USE_CASES}importing/rooms.py",
        "if user is not None and user.deleted is None and not user.is_banned(now):",
        "if user is not None and user.deleted is None:",
        "A banned user is put into the room where the original had them.",
        "tests/usecases/importing/test_arrivals.py",
    ),
    Defect(
        "key-before-the-lock",
        f"{_USE_CASES}ledger/credits.py",
        "            accounts = await self.ledger.lock(tx, [source, account])\n"
        "            if (found := await self.ledger.known(tx, command)) is not None:\n"
        "                return Credited(found, user.id, True)\n",
        "            if (found := await self.ledger.known(tx, command)) is not None:\n"
        "                return Credited(found, user.id, True)\n"
        "            accounts = await self.ledger.lock(tx, [source, account])\n",
        "Of two calls with the same order that come at once, one is told that the key was used for something else.",
        "tests/usecases/ledger/test_folding.py::test_a_key_that_comes_often_at_once_finds_what_the_first_has_written",
    ),
    Defect(
        "folding-to-a-watermark",
        f"{_USE_CASES}ledger/folding.py",
        "    if await tx.dues.drop([due.n for due in dues]) != len(dues):\n        raise Disturbed\n"
        "    await tx.ledger_accounts.put([",
        "    await tx.dues.drop(list(range(1, dues[-1].n + 1)))\n    await tx.ledger_accounts.put([",
        "What was committed late, with a lower number, is dropped and never added to its account.",
        "tests/usecases/ledger/test_folding.py::test_a_due_that_is_committed_late_below_others_is_not_dropped_with_them",
    ),
    Defect(
        "checkpoints-not-compared",
        f"{_USE_CASES}ledger/comparing.py",
        "    wrong = [id for id in held if held[id]",
        "    wrong = [id for id in held if id not in marks and held[id]",
        "The audit does not see that a busy account has lost something.",
        "tests/usecases/ledger/test_auditing.py::test_what_was_taken_out_of_an_old_checkpoint_is_noticed",
    ),
)
