"""What `liveroom rooms list` says of a room's options."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liveroom.cli.rooms import options_text
from liveroom.domain.rooms.options import DEFAULTS, Access


def test_options_are_told_in_a_few_words_and_a_password_is_not() -> None:
    assert options_text(DEFAULTS) == ""
    ends = datetime(2026, 3, 1, 21, 30, tzinfo=UTC)
    arranged = replace(
        DEFAULTS, access=Access.INVITED, password="digest", muted=True, slow=timedelta(seconds=9), ends=ends
    )
    assert options_text(arranged) == "invited, password, muted, slow 9 s, ends 2026-03-01 21:30"
