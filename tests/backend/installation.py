"""A whole installation as processes: MariaDB, Redis, two services behind them, and the operator's server.

The operator arranges everything with the commands of an operator, and calls over HTTP only.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from liveroom.settings import Settings
from tests.backend.server import OperatorServer
from tests.chaos.processes import Liveroom
from tests.servers import Mariadb, Redis, Server, wait_until
from tests.stories.world import SECRET

DATABASE: Final = "backend"
TENANT: Final = "shop"
TAG: Final = "player"
GRACE: Final = timedelta(seconds=4)
_POLICIES: Final = "duet:hosts"
OUTAGES: Final = frozenset({100, 103})
"""Codes of a store that is away: who calls asks again."""


class Refused(Exception):
    """The service said no."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


@dataclass
class Installation:
    """The processes, and what the operator has arranged."""

    folder: Path
    mariadb: Mariadb
    redis: Redis
    processes: Sequence[Liveroom] = ()
    operator: OperatorServer = field(init=False)
    key: str = ""
    rival_key: str = ""
    webhook: str = ""

    def __post_init__(self) -> None:
        settings = Settings(
            data_dir=self.folder,
            secret=SECRET,
            database_url=self.mariadb.url(DATABASE),
            redis_url=self.redis.url,
            grace_owner=GRACE,
        )
        self.processes = [
            Liveroom(self.folder / f"liveroom{number}", settings, LIVEROOM_HOST_POLICIES=_POLICIES)
            for number in range(2)
        ]
        self.operator = OperatorServer(self.folder / "operator")

    @property
    def servers(self) -> Mapping[str, Server]:
        """All that may be killed, in the order in which it can be started."""
        first, second = self.processes
        return {
            "mariadb": self.mariadb,
            "redis": self.redis,
            "receiver": self.operator,
            "liveroom 1": first,
            "liveroom 2": second,
        }

    def arrange(self) -> None:
        """Do what docs/your-backend.md says, for a tenant; a rival has a key of its own."""
        for tenant in (TENANT, "rival"):
            self.command("tenants", "add", tenant)
        self.key = self._make_key(TENANT)
        self.rival_key = self._make_key("rival")
        secret = _after_colon(self.command("tenants", "secret", "add", "--tenant", TENANT, "--tag", TAG))
        output = self.command("webhooks", "add", f"{self.operator.url}/webhooks", "--tenant", TENANT)
        asked = self.command(
            "hooks", "add", "enter", f"{self.operator.url}/hooks", "--otherwise", "refuse", "--tenant", TENANT
        )
        self.webhook = output.split()[0]
        self.operator.learn(
            liveroom=[process.url for process in self.processes],
            tenant=TENANT,
            tag=TAG,
            login_secret=secret,
            server_key=self.key,
            signing_secrets=[_after_colon(output), _after_colon(asked)],
        )

    def errors(self) -> str:
        """Return what the processes have logged as errors."""
        lines = [line for process in self.processes for line in process.log().splitlines()]
        return "\n".join(line for line in lines if '"level": "error"' in line)

    def rotate(self) -> None:
        """Change the webhook's secret, and let the operator's server know both."""
        fresh = _after_colon(self.command("webhooks", "rotate", self.webhook))
        self.operator.learn(signing_secrets=[*self.operator.knows["signing_secrets"], fresh])

    def forget_the_old_secret(self) -> None:
        """Let the operator's server take what the webhook's former secret alone has signed no more."""
        _, *good = self.operator.knows["signing_secrets"]
        self.operator.learn(signing_secrets=good)

    def command(self, *words: str) -> str:
        """Run a `liveroom` command beside the processes, and return what it prints."""
        *program, _ = self.processes[0].command_line()
        done = subprocess.run([*program, *words], cwd=self.folder, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def call(self, method: str, key: str = "", **params: Any) -> Any:
        """Call a method with a server key (the tenant's, unless it is given). Raises ``Refused``."""
        answer = self.answer(method, key, **params)
        if answer["errorCode"] != 0:
            raise Refused(answer["errorCode"], answer["errorMessage"])
        return answer.get("data")

    def answer(self, method: str, key: str = "", **params: Any) -> dict[str, Any]:
        """Call a method with a server key, again while a store is coming back, and return the envelope."""
        headers = {"authorization": f"Bearer {key or self.key}", "accept-language": "en"}
        body: dict[str, Any] = {}

        def is_answered() -> bool:
            sent = httpx.post(f"{self.processes[0].url}/base/v1/{method}", json=params, headers=headers, timeout=30)
            body.clear()
            body.update(sent.raise_for_status().json())
            return body["errorCode"] not in OUTAGES

        wait_until(is_answered, method)
        return body

    def _make_key(self, tenant: str) -> str:
        scopes = ("--scope", "act:*", "--scope", "admin:*")
        return self.command("tenants", "key", "add", "--tenant", tenant, "--name", "backend", *scopes).strip()


def _after_colon(printed: str) -> str:
    """Return the secret that a command has shown."""
    (secret,) = re.findall(r": (\S+)$", printed, re.MULTILINE)
    return str(secret)
