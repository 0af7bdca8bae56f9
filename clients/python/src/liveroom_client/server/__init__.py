"""For an operator's own server: sign users in, act with a server key, take webhooks, answer hooks.

backend = Backend("http://127.0.0.1:9000", key=SERVER_KEY)
login = await backend.sign_in("our-user-7", secret=LOGIN_SECRET, tag="player")
await backend.act_as(login["userId"]).call("rooms/enter_room", roomId="40000001", role="audience")

events = webhook_events(verify(body, headers, SIGNING_SECRETS))
"""

from liveroom_client.server.asgi import hook_app, webhook_app
from liveroom_client.server.backend import ActingUser, Backend
from liveroom_client.server.messages import (
    HookAnswer,
    HookQuestion,
    NotSigned,
    WebhookEvent,
    allow,
    hook_question,
    refuse,
    verify,
    webhook_events,
)

__all__ = [
    "ActingUser",
    "Backend",
    "HookAnswer",
    "HookQuestion",
    "NotSigned",
    "WebhookEvent",
    "allow",
    "hook_app",
    "hook_question",
    "refuse",
    "verify",
    "webhook_app",
    "webhook_events",
]
