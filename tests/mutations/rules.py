"""Defects of ``domain``: limits, units, comparisons and conditions of the rules."""

from typing import Final

from tests.mutations.defect import Defect

_DOMAIN: Final = "src/liveroom/domain/"

RULES: Final = (
    Defect(
        "gone-at-once",
        f"{_DOMAIN}drift/rules.py",
        "    if not facts.is_repaired or one.looks < facts.looks:\n",
        "    if not facts.is_repaired:\n",
        "Whoever is missing in a single list is thrown out of their room.",
        "tests/domain/drift/test_rules.py::test_what_is_gone_once_is_not_repaired_and_gone_twice_is",
    ),
    Defect(
        "end-of-another-push",
        f"{_DOMAIN}streams/lifecycle.py",
        "and not is_other and stream.session in (session, _UNKNOWN)",
        "and not is_other",
        "The end of a connection that nobody knows ends a stream.",
        "tests/domain/streams/test_lifecycle.py::test_who_comes_second_takes_over_only_when_the_first_has_gone",
    ),
    Defect(
        "last-seat",
        f"{_DOMAIN}seats/model.py",
        "if not 0 <= number <= options.seats:",
        "if not 0 <= number < options.seats:",
        "Nobody can take the last seat of a room.",
        "tests/domain/seats/test_model.py::test_taking_a_seat_twice_is_taking_it_once_and_another_is_moving",
    ),
    Defect(
        "equal-ranks",
        f"{_DOMAIN}rooms/permissions.py",
        "if rank <= other:",
        "if rank < other:",
        "Moderators kick and ban each other.",
        "tests/domain/rooms/test_permissions.py::test_nobody_acts_on_their_own_rank_or_above",
    ),
    Defect(
        "late-start",
        f"{_DOMAIN}rooms/options.py",
        "ends=now + (self.ends - self.starts))",
        "ends=self.ends)",
        "A scheduled broadcast that begins late is closed before its time is over.",
        "tests/domain/rooms/test_options.py::test_a_broadcast_that_begins_late_lasts_as_long_as_it_was_to",
    ),
    Defect(
        "former-price",
        f"{_DOMAIN}gifts/catalogue.py",
        "since = now - STILL_TAKEN",
        "since = now - 2 * STILL_TAKEN",
        "A gift is sold for two minutes at a price that counts no more.",
        "tests/domain/gifts/test_catalogue.py::test_a_former_version_is_taken_for_sixty_seconds_and_no_longer",
    ),
    Defect(
        "price-without-lead",
        f"{_DOMAIN}gifts/changes.py",
        "max(terms.begins or now, now + LEAD)",
        "terms.begins or now",
        "A new price counts before other processes have heard of it.",
        "tests/domain/gifts/test_changes.py::test_another_price_points_shares_level_or_time_make_the_next_version",
    ),
    Defect(
        "future-signature",
        f"{_DOMAIN}accounts/signatures.py",
        "elif abs(now - signed) > WINDOW:",
        "elif now - signed > WINDOW:",
        "A login signature that is dated years ahead is good for years.",
        "tests/domain/accounts/test_signatures.py::test_a_time_further_away_is_refused",
    ),
    Defect(
        "mailbox-case",
        f"{_DOMAIN}accounts/contacts.py",
        'unicodedata.normalize("NFKC", text).strip().lower()',
        'unicodedata.normalize("NFKC", text).strip()',
        "Ann@example.com and ann@example.com are two accounts, or are refused.",
        "tests/domain/accounts/test_contacts.py::test_a_mailbox_is_kept_without_case",
    ),
    Defect(
        "contact-of-every-tenant",
        f"{_DOMAIN}accounts/contacts.py",
        'return "\\n".join(("contact", tenant, contact.kind, contact.value))',
        'return "\\n".join(("contact", contact.kind, contact.value))',
        "Codes that one tenant sends to a number use up those of all other tenants.",
        "tests/usecases/accounts/test_codes.py::test_codes_that_a_tenant_sends_use_up_none_of_anothers",
    ),
    Defect(
        "zero-seconds",
        f"{_DOMAIN}moments.py",
        "return -(-span // _SECOND)",
        "return span // _SECOND",
        "Whoever writes too fast is told to try again in 0 s, and is refused again.",
        "tests/domain/messages/test_model.py::test_refusals_say_from_when_on_it_is_allowed",
    ),
    Defect(
        "endless-secret",
        f"{_DOMAIN}webhooks/signing.py",
        "one._replace(expires=min(one.expires, until) if one.expires else until)",
        "one._replace(expires=until)",
        "A leaked webhook secret lives on with every rotation after its own.",
        "tests/domain/webhooks/test_signing.py::test_a_secret_that_was_replaced_is_not_prolonged_by_the_next_rotation",
    ),
    Defect(
        "reporter-in-events",
        f"{_DOMAIN}privacy/erasures.py",
        '_IDS: Final = ("userId", "targetId", "reporterId")',
        '_IDS: Final = ("userId", "targetId")',
        "What a deleted user wrote into a report stays in the events that tell of it.",
        "tests/domain/privacy/test_erasures.py::test_what_was_told_says_no_more_who_it_was",
    ),
    Defect(
        "link-of-a-private-room",
        f"{_DOMAIN}privacy/visibility.py",
        "return options.access is Access.PRIVATE and is_key",
        "return options.access is Access.PRIVATE or is_key",
        "A private room shows itself to everybody, without its link.",
        "tests/domain/privacy/test_visibility.py::test_a_room_exists_for_those_alone_of_whom_the_table_says_so",
    ),
)
