"""What a deployment is told: the `.env`, checked before anything is built or asked, with the secrets that it lacks."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from liveroom.settings import Settings, SettingsError, load_settings
from liveroom.settings.deployment import Deployment, read_deployment

_SIGNING: Final = "LIVEROOM_SECRET"
_SIGNS: Final = (_SIGNING, "JWT_SECRET")
_KEY: Final = "LIVEROOM_INTERNAL_KEY"
_WRITTEN: Final = "# Made by liveroom deploy: keep these. Without the first, nobody who has an account can sign in.\n"


@dataclass(frozen=True)
class DeployInput:
    """A deployment that could begin."""

    deployment: Deployment
    settings: Settings
    fresh: Mapping[str, str]
    """Secrets that nobody has given, by name."""

    @property
    def internal_key(self) -> str:
        return self.deployment.environment[_KEY]

    def keep(self, dotenv: Path) -> None:
        """Write the fresh secrets down, for the next time."""
        if not self.fresh:
            return
        is_new = not dotenv.exists()
        text = "" if is_new else dotenv.read_text(encoding="utf-8")
        gap = "\n" if text and not text.endswith("\n") else ""
        lines = "".join(f"{name}={value}\n" for name, value in self.fresh.items())
        if is_new:
            dotenv.touch(mode=0o600)
        dotenv.write_text(f"{text}{gap}{_WRITTEN}{lines}", encoding="utf-8")


def read_given(dotenv: Path, *, environ: Mapping[str, str] | None = None) -> DeployInput:
    """Read and check everything. Raises ``SettingsError`` with all that is missing or wrong."""
    deployment, problems = read_deployment(dotenv, environ=environ)
    wanted = {name: deployment.environment.get(name, "") for name in (*_SIGNS, _KEY)}
    fresh = {} if any(wanted[name] for name in _SIGNS) else {_SIGNING: secrets.token_urlsafe(48)}
    fresh |= {} if wanted[_KEY] else {_KEY: secrets.token_urlsafe(32)}
    deployment = replace(deployment, environment={**deployment.environment, **fresh})
    try:
        settings = load_settings(environ={**deployment.environment, "LIVEROOM_SERVERLESS": "on"}, dotenv=None)
    except SettingsError as refused:
        raise SettingsError([*problems, *refused.problems]) from None
    if problems:
        raise SettingsError(problems)
    return DeployInput(deployment, settings, fresh)
