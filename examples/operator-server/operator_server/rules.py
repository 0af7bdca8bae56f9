"""What is ours to decide: who our users are, who may enter which room, how a room may be called. Put your own here."""

import hmac

from liveroom_client.server import HookAnswer, HookQuestion, allow, refuse
from operator_server.configuration import Configuration
from operator_server.ledger import Ledger


def is_ours(configuration: Configuration, name: str, password: str) -> bool:
    """Say whether it is one of our users: here, whoever knows the example's one password."""
    known = str(configuration["password"])
    return bool(name and known) and hmac.compare_digest(password.encode(), known.encode())


def is_staff(authorization: str, key: str) -> bool:
    """Say whether a call carries our own key; without one nobody is staff."""
    return bool(key) and hmac.compare_digest(authorization.encode(), f"Bearer {key}".encode())


def decide(ledger: Ledger, question: HookQuestion) -> HookAnswer:
    """Answer what liveroom asks before something happens. Somebody waits meanwhile: look into your own data only."""
    data = question["data"]
    match question["type"]:
        case "ask.enter" if data["userId"] in ledger.unwelcome():
            return refuse("You are not welcome here.")
        case "ask.go_live":
            return allow(title=" ".join(data["title"].split()))
    return allow()
