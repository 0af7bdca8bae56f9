"""What we send is verified by the official libraries of Standard Webhooks, as the receiver's own code would."""

import json
import subprocess
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from liveroom.clock import SystemClock
from liveroom.domain.ids import TenantName
from liveroom.domain.webhooks.deliveries import message_of, sample
from liveroom.domain.webhooks.signing import SigningSecret, fresh_secret, rotated, signed
from tests.docs.pages import ROOT
from tests.servers import find

Verify = Callable[[str, Mapping[str, str], str], Any]


def in_python(secret: str, headers: Mapping[str, str], body: str) -> Any:
    try:
        return Webhook(secret).verify(body, dict(headers))
    except WebhookVerificationError as failure:
        return str(failure)


def in_javascript(secret: str, headers: Mapping[str, str], body: str) -> Any:
    done = subprocess.run(
        [find("node"), "verify.js"],
        cwd=ROOT / "tests/sdk/js",
        input=json.dumps({"secret": secret, "headers": headers, "body": body}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


LIBRARIES = [pytest.param(in_python, id="python"), pytest.param(in_javascript, id="node", marks=pytest.mark.services)]


def sent(secrets: tuple[SigningSecret, ...], at: datetime) -> tuple[Mapping[str, str], str]:
    """Return headers and body of a message."""
    message = message_of([sample(TenantName("acme"), at), sample(TenantName("acme"), at)], at)
    return signed(secrets, message.id, at, message.body), message.body.decode()


@pytest.mark.parametrize("verify", LIBRARIES)
def test_what_we_sign_is_verified_and_what_others_changed_is_not(verify: Verify) -> None:
    now = SystemClock().now()
    secret = fresh_secret(now)
    headers, body = sent((secret,), now)
    assert verify(secret.text, headers, body) == json.loads(body)
    assert verify(secret.text, headers, body.replace("acme", "evil")) == "No matching signature found"
    assert verify(fresh_secret(now).text, headers, body) == "No matching signature found"
    late, body = sent((secret,), now - timedelta(minutes=6))
    assert verify(secret.text, late, body) == "Message timestamp too old"


@pytest.mark.parametrize("verify", LIBRARIES)
def test_while_two_secrets_are_good_the_library_takes_either(verify: Verify) -> None:
    now = SystemClock().now()
    old = fresh_secret(now)
    both = rotated((old,), fresh_secret(now))
    headers, body = sent(both, now)
    for secret in both:
        assert verify(secret.text, headers, body) == json.loads(body)
