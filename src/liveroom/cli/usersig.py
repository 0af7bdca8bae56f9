"""`liveroom usersig`: make the ticket with which a user signs in to Tencent IM and TRTC, or take one apart."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from liveroom.cli.output import say
from liveroom.clock import SystemClock
from liveroom.providers.tencent.usersig import decode as decoded
from liveroom.providers.tencent.usersig import is_signed, user_sig
from liveroom.settings import Settings, SettingsError, load_settings
from liveroom.settings.values import parse_duration


def usersig(user: str | None = None, *, ttl: str | None = None, decode: str | None = None) -> None:
    """Create a UserSig for a user, or decode one.

    Parameters
    ----------
    user
        The user's id.
    ttl
        How long it is valid, such as 90s, 30m, 48h or 30d.
    decode
        A UserSig to decode.
    """
    settings = load_settings()
    if decode is not None:
        print(json.dumps(_taken_apart(settings, decode), indent=2, ensure_ascii=False))
        return
    if user is None:
        raise SettingsError(["Name a user, or give a UserSig with --decode."])
    if settings.trtc_secret is None:
        raise SettingsError(["LIVEROOM_TRTC_SDK_APP_ID and LIVEROOM_TRTC_SECRET are not set; a UserSig needs both."])
    life = settings.usersig_ttl if ttl is None else _duration(ttl)
    made = user_sig(settings.trtc_sdk_app_id, settings.trtc_secret.reveal(), user, now=SystemClock().now(), ttl=life)
    say(made, user=user, user_sig=made)


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as problem:
        raise SettingsError([f"--ttl {problem}."]) from None


def _taken_apart(settings: Settings, ticket: str) -> dict[str, Any]:
    try:
        fields = decoded(ticket)
        expires = datetime.fromtimestamp(fields["TLS.time"] + fields["TLS.expire"], UTC)
    except (ValueError, KeyError, TypeError, OverflowError) as problem:
        reason = str(problem) if type(problem) is ValueError else "This is not a UserSig: it has no expiry."
        raise SettingsError([reason]) from None
    found: dict[str, Any] = {**fields, "expires": expires.isoformat(), "expired": expires <= SystemClock().now()}
    if settings.trtc_secret is not None:
        found["signed with our secret"] = is_signed(settings.trtc_secret.reveal(), fields)
    return found
