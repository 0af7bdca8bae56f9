"""Defects of what is around the core: vendors, settings, keys, commands, start and stop, modules, bench, conform."""

from typing import Final

from tests.mutations.defect import Defect

_SRC: Final = "src/liveroom/"

AROUND: Final = (
    Defect(
        "body-of-a-livekit-webhook",
        f"{_SRC}providers/livekit/webhooks.py",
        '    if not same(text(claims.get("sha256")), body_digest(body)):\n'
        '        raise PermissionDenied("the token is of another body")\n',
        "",
        "Whoever sees one webhook of LiveKit puts anybody out of any room.",
        "tests/providers/test_callbacks.py::test_a_token_of_another_body_key_or_time_is_refused",
    ),
    Defect(
        "case-of-a-choice",
        f"{_SRC}settings/values.py",
        "        return text.lower()\n\n    return parse",
        "        return text\n\n    return parse",
        "LIVEROOM_SMS=Tencent is accepted, and no message is ever sent.",
        "tests/test_settings.py::test_every_kind_of_value_is_read",
    ),
    Defect(
        "weakest-source",
        f"{_SRC}settings/sources.py",
        "self.given.setdefault(setting, given)",
        "self.given[setting] = given",
        "A value of the file .env wins over the flag of the command.",
        "tests/test_settings.py::test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_originals_names",
    ),
    Defect(
        "codes-in-the-log",
        f"{_SRC}settings/checks.py",
        'if sender == "log" and settings.in_production:',
        'if sender == "log" and settings.workers > 1:',
        "A service in production writes everybody's codes into its log.",
        "tests/test_settings_codes.py::test_where_people_are_served_no_code_goes_to_the_log",
    ),
    Defect(
        "remembered-token",
        f"{_SRC}keys/tokens.py",
        "        if now >= claims.expires:\n            raise TokenExpired\n        return claims",
        "            if now >= claims.expires:\n                raise TokenExpired\n        return claims",
        "A token that is shown again and again never expires.",
        "tests/test_keys.py::test_a_token_is_good_until_its_last_second",
    ),
    Defect(
        "stamp-of-the-old-key",
        f"{_SRC}keys/stamps.py",
        "return sum(hmac.compare_digest(given, one.encode()) for one in self.stamps(text)) > 0",
        "return hmac.compare_digest(given, self.stamp(text).encode())",
        "Codes that were sent before a change of keys are wrong.",
        "tests/usecases/accounts/test_codes.py::test_a_code_survives_the_rotation_of_the_keys",
    ),
    Defect(
        "terminal-obeys",
        f"{_SRC}cli/output.py",
        'return _OBEYED.sub("\\N{REPLACEMENT CHARACTER}", text)',
        "return text",
        "A user's name commands the operator's terminal.",
        "tests/cli/test_operator.py::test_what_people_wrote_can_neither_break_a_table_nor_command_a_terminal",
    ),
    Defect(
        "key-in-use",
        f"{_SRC}cli/keys.py",
        "    if not settings.secret and there[0].id == key:\n"
        '        raise SettingsError([f"{key} signs and seals: run `liveroom keys rotate` first"])\n',
        "",
        "An operator drops the key that signs, and everybody has to sign in again.",
        "tests/cli/test_keys.py::test_a_key_is_rotated_everything_sealed_anew_and_the_old_one_dropped",
    ),
    Defect(
        "half-a-backup",
        f"{_SRC}app/archive.py",
        "        if count != note.rows:\n"
        '            raise Damaged(f"{table} has {count} rows where {note.rows} were written")\n',
        "",
        "A backup whose end is missing is restored without a word.",
        "tests/app/test_backup.py::test_a_manifest_that_does_not_fit_is_refused_before_anything_is_touched",
    ),
    Defect(
        "keys-of-the-folder",
        f"{_SRC}app/restore.py",
        "(*theirs, *(key for key in there if key.id not in ids))",
        "theirs",
        "Restoring a backup loses the keys that the data folder had.",
        "tests/app/test_backup.py::test_keys_of_a_service_that_has_begun_stay_beside_those_of_the_backup",
    ),
    Defect(
        "room-of-another-tenant",
        f"{_SRC}modules/inside.py",
        "present_room(await self._announcements.live.room(room), tenant)",
        "await self._announcements.live.room(room)",
        "A module shows the users of one tenant the rooms of another.",
        "tests/modules/test_inside.py::test_rooms_of_another_tenant_and_their_members_are_not_there",
    ),
    Defect(
        "limit-of-every-module",
        f"{_SRC}modules/inside.py",
        'self._announcements.live.hit(f"module:{self.name}:{key}", limit=limit, window=window)',
        'self._announcements.live.hit(f"module:{key}", limit=limit, window=window)',
        "What one module counts uses up the limits of all others.",
        "tests/modules/test_inside.py::test_what_one_module_counts_uses_up_no_limit_of_another",
    ),
    Defect(
        "inherited-deadline",
        f"{_SRC}deadlines.py",
        "    if _end.get() == NEVER:\n        return loop.create_task(work, name=name)\n",
        "    if _end.get() <= NEVER:\n        return loop.create_task(work, name=name)\n",
        "What several requests share ends with the first of them.",
        "tests/test_deadlines.py::test_what_a_request_begins_for_others_too_does_not_end_with_it",
    ),
    Defect(
        "case-of-a-secret",
        f"{_SRC}log.py",
        'return _SECRET_NAME.search(name.replace("-", "_").lower()) is not None',
        'return _SECRET_NAME.search(name.replace("-", "_")) is not None',
        "The header Authorization is written into the log.",
        "tests/test_log.py",
    ),
    Defect(
        "percentile-of-the-bench",
        f"{_SRC}bench/figures.py",
        "        rank = share * self.times.total()",
        "        rank = share * self.count",
        "The load generator shows 0 ms where many calls got no answer.",
        "tests/bench/test_load.py::test_percentiles_are_right_to_a_fiftieth",
    ),
    Defect(
        "null-for-a-shipped-app",
        f"{_SRC}conform/judging.py",
        "is_fine = not need.is_needed if value is _MISSING else need.takes_null",
        "is_fine = not need.is_needed",
        "An app that a null crashes is said to work.",
        "tests/contract/test_judging.py::test_it_notices_what_an_app_would",
    ),
    Defect(
        "pace-after-a-pause",
        f"{_SRC}conform/sending.py",
        "self._next = max(now, self._next) + 1 / self.per_second",
        "self._next = self._next + 1 / self.per_second",
        "After a slow answer, conform sends what it has missed all at once.",
        "tests/cli/test_conform.py::test_requests_keep_their_distance",
    ),
    Defect(
        "ticket-of-any-key",
        f"{_SRC}simulate/tickets.py",
        "return hmac.compare_digest(b64encode(made).decode(), self.signature)",
        "return bool(made and self.signature)",
        "The simulator takes a ticket that is signed with any key.",
        "tests/simulate/test_tickets.py::test_tickets_of_tencents_libraries_are_verified",
    ),
)
