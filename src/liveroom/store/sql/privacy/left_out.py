"""What of the database is in nobody's archive, and why (``exporting``)."""

from collections.abc import Mapping
from typing import Final

_SUMS: Final = "sums that name nobody"
_OPERATORS: Final = "the operator's"
_DIGESTS: Final = "keyed digests, from which nobody can be read"
_COPIES: Final = "copies of what is in other files, on their way to the operator's server; dropped after some days"
LEFT_OUT: Final[Mapping[str, str]] = {
    "lr_codes": _DIGESTS,
    "lr_signatures": _DIGESTS,
    "lr_imported": "a digest of the row that was taken from the former service, and its number",
    "lr_push_streams": "random names, times and a digest of a key, which let an encoder in; dropped with the account",
    "lr_connection_requests": "questions of rooms to each other that are dropped within a minute",
    "lr_battles": "when battles of `battles` began and ended, and who won",
    "lr_battle_scores": "what `gifts` counted in battles",
    "lr_battle_queue": "that a room waits for an opponent; dropped within a minute",
    "lr_room_terms": "words of the titles that are in `rooms`, while a room is live",
    "lr_events": _COPIES,
    "lr_dead_letters": _COPIES,
    "lr_outbox": "numbers of what has changed; dropped after a day",
    "lr_streams": "numbers",
    "lr_event_partitions": "how far the operator's server has been told",
    "lr_deliveries": "how the operator's server has answered",
    **dict.fromkeys(("lr_drift", "lr_drift_rounds"), "what differs somewhere, until it is right"),
    **dict.fromkeys(("lr_vendor_work", "lr_removed_participants"), "who and what is at a vendor, or was"),
    "lr_erasures": "only deleted users are in it",
    **dict.fromkeys(
        ("lr_tenants", "lr_fixed_secrets", "lr_server_keys", "lr_app_keys", "lr_app_rules", "lr_webhooks", "lr_hooks"),
        _OPERATORS,
    ),
    **dict.fromkeys(("lr_statistics_retention", "lr_gift_rank_counts", "lr_settlements", "lr_overview"), _SUMS),
    **dict.fromkeys(("lr_operators", "lr_operator_roles", "lr_operator_sessions"), "the operator's own people"),
    "lr_statistics_queue": "what is to be counted anew",
    "lr_statistics_broadcast_days": "sums of a day, which are in `statistics`",
    "lr_user_terms": "words of the name that is in `profile`",
    "lr_notes": "what operators noted for each other",
    "lr_timeline": (
        "seats, roles and likes of stays and broadcasts, and that a vendor saw somebody there: "
        "`stays` and `broadcasts` say it"
    ),
    "lr_lot_uses": "which of `promo_coins` paid for which of `gifts`",
    "lr_gift_ranks": "sums of `gifts`",
    "lr_unranked_gifts": "which of `gifts` are to be added to sums",
    "lr_dues": "parts of `wallet` that are not in its balance yet; `wallet_entries` has them",
    "lr_checkpoints": "sums of `wallet_entries`, for the audit",
    "lr_differences": "what the audit has found wrong",
    "lr_seals": "digests that name nobody",
    "lr_approvals": "who of the operator's people asked for what is in `wallet_journals`, and who approved it",
    "lr_bonus_rules": _OPERATORS,
    "lr_follow_counts": "sums of `following`, and of those who follow the user",
    "lr_room_alerts": "how far others have been told that the user goes live, until they were",
    "lr_evidence": "what was reported, as it was then: it is kept for those who decide, and names who is in it",
    **dict.fromkeys(("lr_reasons", "lr_words"), _OPERATORS),
    **dict.fromkeys(("lr_gift_catalogues", "lr_catalogued_gifts", "lr_gift_prices", "lr_gift_categories"), _OPERATORS),
    **dict.fromkeys(("lr_counters", "lr_leases"), "the service's"),
}
"""Tables of which nothing is in the archive, and why."""

_THEIRS: Final = "a row about somebody else, that the user has done something to; what they did is in `audit`"
NAMED_BESIDE: Final[Mapping[tuple[str, str], str]] = {
    ("lr_ids", "holder"): "the ids of rooms, which are in `rooms`",
    ("lr_rooms", "created_by"): _THEIRS,
    ("lr_rooms", "updated_by"): _THEIRS,
    ("lr_rooms", "pinned"): _THEIRS,
    ("lr_rooms", "connection"): "that the user's live room is connected with somebody else's, as `rooms` says",
    ("lr_rooms", "envelopes"): "envelopes that are not over in the user's room; what the user sent is in `envelopes`",
    ("lr_rooms", "live_cover"): "a frame of a broadcast that runs; its end takes it away, and the file is in `uploads`",
    ("lr_rooms", "streams"): "streams that are live in the user's room, as its events say",
    ("lr_rooms", "battle"): "that the user's live room is in a battle with somebody else's, as `battles` says",
    ("lr_rooms", "activities"): "what runs in the user's room; what the user has begun is in `activities`",
    ("lr_activities", "room"): "what somebody else has begun in the user's room",
    ("lr_battles", "room"): "a battle to which the user's room has invited others, which `battles` has",
    ("lr_battles", "made_by"): "an invitation that is open, for less than a minute",
    ("lr_battle_rooms", "room"): "a battle of the user's room while somebody else owned it",
    ("lr_metadata", "updated_by"): _THEIRS,
    ("lr_metadata", "value"): "what somebody else's app keeps with their room",
    ("lr_messages", "recalled_by"): _THEIRS,
    ("lr_messages", "body"): "what somebody else wrote",
    ("lr_access_records", "updated_by"): _THEIRS,
    ("lr_access_records", "room"): "somebody else's relation to the user's room",
    ("lr_messages", "room"): "what somebody else wrote in the user's room",
    ("lr_stays", "room"): "somebody else's stay in the user's room",
    ("lr_broadcasts", "room"): "somebody else's broadcast in the user's room",
    ("lr_reports", "room"): "somebody else's report about the user's room",
    ("lr_reports", "target"): "who reported the user, and what for, is these people's",
    ("lr_reports", "handled_by"): _THEIRS,
    ("lr_statistics_broadcasts", "room"): "figures of somebody else's broadcast in the user's room",
    ("lr_statistics_audience", "host"): "when others first watched the user",
    ("lr_statements", "room"): "what somebody else was told about what happened in the user's room",
    ("lr_notices", "subject"): "a notice to everybody in the user's room",
    ("lr_notices", "last_room"): "how far a notice to all rooms is",
    ("lr_labels", "room"): "what a vendor found about somebody else in the user's room",
    ("lr_reports", "claimed_by"): _THEIRS,
    ("lr_reminders", "room"): "who wants to be reminded of the user's broadcast is these people's to tell",
    ("lr_follows", "followed"): "who follows the user is these people's to tell",
    ("lr_blocks", "blocked"): "who has blocked the user is these people's to tell",
    ("lr_uploads", "room"): "what somebody else has uploaded for the user's room",
    ("lr_audit", "subject"): "what others did to the user: what came of it is in `profile` and `access_records`",
    ("lr_audit", "room"): "what others did in the user's room",
    ("lr_audit", "was"): "what an operator has changed",
    ("lr_audit", "becomes"): "what an operator has changed",
}
"""Columns that may name a user in rows that are not about them, and why such a row is not in the archive."""
