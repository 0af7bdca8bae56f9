"""An operator's own wallet, as its documentation wants it: it keeps balances, and takes each charge once or never.

How it answers is up to the test: well, late, with nonsense, signed by somebody else, or not at all (`VendorEndpoint`).
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from standardwebhooks import Webhook

from liveroom.domain.webhooks.signing import fresh_secret
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving

_MADE: Final = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class OperatorWalletServer:
    """The wallet."""

    secret: str = field(default_factory=lambda: fresh_secret(_MADE).text)
    signs_with: str = ""
    """"": its own secret."""
    signs: bool = True
    message: str = ""
    """Refuses everything with this sentence."""
    changes: Callable[[dict[str, Any]], dict[str, Any]] = lambda answer: answer
    """What it answers in place of that."""
    balances: Counter[str] = field(default_factory=Counter)
    charged: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Charges that it has taken: from whom, and how many coins."""
    over: dict[str, str] = field(default_factory=dict)
    """Charges that were refused or reversed: they are never taken."""
    refunds: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Type and data of every message that came, each time it came."""
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer, lambda request: str(json.loads(request.body)["type"]))

    def settings(self) -> dict[str, Any]:
        """Return those of a service whose coins are here."""
        return {"wallet": "operator", "wallet_url": f"{self.endpoint.url}/charges", "wallet_secret": self.secret}

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.asked]

    def taken(self) -> int:
        """Return what it has taken from everybody, without what it gave back."""
        return sum(coins for _, coins in self.charged.values()) - sum(self.refunds.values())

    def books(self) -> dict[str, int]:
        """Return its own list of what it took and gave back."""
        refunded = {id: -coins for id, coins in self.refunds.items()}
        return {id: coins for id, (_, coins) in self.charged.items()} | refunded

    def _answer(self, request: VendorRequest) -> VendorResponse:
        message = json.loads(request.body)
        id, at = request.headers["webhook-id"], datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
        assert id == message["id"]
        assert Webhook(self.secret).sign(id, at, request.body.decode()) in request.headers["webhook-signature"].split()
        self.asked.append((message["type"], message["data"]))
        answer = self.changes(self._decide(message["type"], message["data"]))
        body = json.dumps(answer).encode()
        signature = Webhook(self.signs_with or self.secret).sign(id, at, body.decode())
        head = f"webhook-id: {id}\r\nwebhook-timestamp: {int(at.timestamp())}\r\nwebhook-signature: {signature}\r\n"
        return VendorResponse(body, more=head if self.signs else "")

    def _decide(self, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
        charge, user, coins = data["chargeId"], data["userId"], data["coins"]
        if kind == "charge.refund":
            if data["refundId"] not in self.refunds:
                self.refunds[data["refundId"]] = coins
                self.balances[self.charged[charge][0]] += coins
            return {"refundId": data["refundId"], "result": "refunded"}
        if kind == "charge.reverse":
            if charge in self.charged:
                self.balances[self.charged[charge][0]] += self.charged.pop(charge)[1]
            self.over[charge] = "reversed"
            return {"chargeId": charge, "result": "reversed"}
        assert kind == "charge.ask"
        if charge not in self.charged and charge not in self.over:
            if self.message or self.balances[user] < coins:
                self.over[charge] = "refused"
            else:
                self.balances[user] -= coins
                self.charged[charge] = (user, coins)
        if charge in self.charged:
            return {"chargeId": charge, "result": "charged", "balance": self.balances[user], "receipt": f"r-{charge}"}
        said = {"message": self.message} if self.message else {}
        return {"chargeId": charge, "result": "refused", "balance": self.balances[user], **said}


@asynccontextmanager
async def operator_wallet() -> AsyncIterator[OperatorWalletServer]:
    """Yield a wallet at a free port."""
    server = OperatorWalletServer()
    async with serving(server.endpoint):
        yield server
