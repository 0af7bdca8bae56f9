"""The configuration with which a Centrifugo stands in front of the service."""

from collections.abc import Mapping
from typing import Any, Final

from liveroom.domain.events.model import KEPT, RECOVERED
from liveroom.domain.rooms import feeds
from liveroom.settings import Settings

KEY_HEADER: Final = "X-Liveroom-Key"
"""Carries ``centrifugo_proxy_key``."""
_TIMEOUT: Final = "5s"
_PASSED_ON: Final = ("accept-language", "origin", "x-forwarded-for")
_HISTORY: Final = "10m"
_POSITIONS: Final = "720h"
"""How long Centrifugo knows where an unheard channel was."""


def configuration(settings: Settings) -> Mapping[str, Any]:
    """Return the configuration as it stands in a config.json."""
    return {
        "client": {
            "allowed_origins": list(settings.origins),
            "channel_limit": settings.socket_channels_max,
            "user_connection_limit": settings.socket_user_max,
            "recovery_max_publication_limit": RECOVERED,
            "history_max_publication_limit": KEPT,
            "proxy": {"connect": _proxy(settings, "connect"), "refresh": _proxy(settings, "refresh")},
        },
        "channel": {
            "proxy": {"subscribe": _proxy(settings, "subscribe")},
            "namespaces": [_rooms(), _lists(), _users()],
        },
        "rpc": {"proxy": _proxy(settings, "rpc"), "without_namespace": {"proxy_enabled": True}},
        "http_stream": {"enabled": True},
        "sse": {"enabled": True},
        "websocket": {"message_size_limit": settings.socket_message_max},
        "http_api": {"key": _reveal(settings.centrifugo_api_key)},
    }


def _proxy(settings: Settings, name: str) -> Mapping[str, Any]:
    switch = {"enabled": True} if name in {"connect", "refresh"} else {}
    return {
        **switch,
        "endpoint": f"{settings.centrifugo_backend}/centrifugo/{name}",
        "timeout": _TIMEOUT,
        "http_headers": list(_PASSED_ON),
        "include_connection_meta": True,
        "http": {"static_headers": {KEY_HEADER: _reveal(settings.centrifugo_proxy_key)}},
    }


def _rooms() -> Mapping[str, Any]:
    return {
        "name": "room",
        "subscribe_proxy_enabled": True,
        "history_size": KEPT,
        "history_ttl": _HISTORY,
        "history_meta_ttl": _POSITIONS,
        "force_recovery": True,
        "presence": True,
        "join_leave": True,
        "allow_presence_for_subscriber": True,
        "allow_history_for_subscriber": True,
    }


def _lists() -> Mapping[str, Any]:
    """Presence tells the service whom to have begin again; nobody else is told who listens."""
    return {
        "name": "rooms",
        "subscribe_proxy_enabled": True,
        "history_size": feeds.KEPT,
        "history_ttl": _HISTORY,
        "history_meta_ttl": _POSITIONS,
        "force_recovery": True,
        "presence": True,
        "allow_history_for_subscriber": True,
    }


def _users() -> Mapping[str, Any]:
    """Presence tells which connections are of which session, to the service alone."""
    return {"name": "user", "subscribe_proxy_enabled": True, "presence": True}


def _reveal(secret: Any) -> str:
    return secret.reveal() if secret is not None else ""
