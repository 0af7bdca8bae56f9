"""Failures: each named once, by its class; the slug is a promise."""

import re
from datetime import timedelta

import pytest

from liveroom.domain import errors
from liveroom.domain.errors import BadRequest, Failure, RateLimited, Refused, RoomNotFound, Unavailable

SLUGS = """acts_for_another address_banned already_connected already_seated bad_request call_unsigned code_consumed
    code_expired code_invalid connection_full contact_taken content_refused credentials_missing credentials_wrong
    database_unavailable device_refused email_failed email_invalid failure hook_refused key_missing likes_invalid
    live_unavailable maintenance member_not_found message_not_found name_taken not_connected not_in_room not_offered
    not_seated other_user password_missing password_wrong permission_denied profile_empty provider_nonsense
    provider_unavailable query_limited quota_exceeded rate_limited refused report_not_found request_not_found
    room_banned room_concealed room_forbidden room_full room_muted room_not_found room_unnamed scope_missing
    search_invalid seat_locked seat_mode_unknown seat_mode_wrong seat_mute_invalid seat_not_found seat_occupied
    seats_missing server_key_elsewhere server_key_expired server_key_exposed server_key_missing server_key_revoked
    server_key_unknown session_banned sign_in_too_old signature_refused slow_mode sms_failed stale_version
    statement_not_found still_banned text_refused token_expired token_invalid token_of_another too_many_rooms
    unavailable unknown_path user_banned user_blocked user_muted user_not_found user_refuses"""


def every(failure: type[Failure] = Failure) -> list[type[Failure]]:
    """Return the failure and all that are one of it, those that adapters refine for themselves left out."""
    named = [kind for kind in failure.__subclasses__() if kind.__module__ == errors.__name__]
    return [*dict.fromkeys([failure, *(found for kind in named for found in every(kind))])]


def test_the_slugs_are_those_that_were_promised() -> None:
    assert sorted({kind.slug() for kind in every()}) == SLUGS.split()


@pytest.mark.parametrize("kind", every(), ids=lambda kind: kind.__name__)
def test_a_slug_is_the_class_name_in_snake_case(kind: type[Failure]) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kind.slug())
    assert "".join(word.title() for word in kind.slug().split("_")) == kind.__name__


@pytest.mark.parametrize("kind", every(), ids=lambda kind: kind.__name__)
def test_a_failure_says_when_it_happens(kind: type[Failure]) -> None:
    assert kind.__doc__


def test_every_failure_but_the_roots_is_exactly_one_of_the_three_kinds() -> None:
    for kind in set(every()) - {Failure}:
        assert sum(issubclass(kind, root) for root in (BadRequest, Refused, Unavailable)) == 1


def test_the_detail_is_for_people_and_the_slug_stands_in_for_none() -> None:
    assert str(RoomNotFound("room 7 is closed")) == "room 7 is closed"
    assert RoomNotFound("room 7 is closed").detail == "room 7 is closed"
    assert str(RoomNotFound()) == "room_not_found"
    assert RoomNotFound().detail == ""


def test_a_rate_limit_says_when_to_come_back() -> None:
    assert RateLimited(retry_after=timedelta(minutes=1)).retry_after == timedelta(minutes=1)
    assert RateLimited().retry_after == timedelta(0)
