"""What the operator decides: every setting, read once and checked once.

`declared` lists them, `settled` is what was decided, `sources` says where each may come from, `checks` what has to be
true of them together, `pages` shows them. Everything else in liveroom is handed a `Settings` and reads no environment.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from liveroom.settings.checks import check
from liveroom.settings.checks_tracing import check_tracing
from liveroom.settings.declaring import DisplayedSetting
from liveroom.settings.pages import env_file, settings_markdown, settings_texts
from liveroom.settings.settled import Settings
from liveroom.settings.sources import read_sources, resolve
from liveroom.settings.values import NamedSecret, Secret

__all__ = [
    "DisplayedSetting",
    "NamedSecret",
    "Secret",
    "Settings",
    "SettingsError",
    "env_file",
    "load_settings",
    "settings_markdown",
    "settings_texts",
]


class SettingsError(Exception):
    """Settings with which the service does not start; `problems` are sentences, each with what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def load_settings(
    flags: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    dotenv: Path | None = Path(".env"),
    forget_default: bool = False,
) -> Settings:
    """Read all sources and return the settings, or raise all problems at once; a flag of None was not given.

    ``forget_default``: a JWT_SECRET that is the word which everybody knows counts as none.
    """
    reading = read_sources(flags or {}, environ, dotenv)
    if forget_default:
        reading.forget_default()
    settings = Settings(**resolve(reading))
    problems = [*reading.problems, *check(settings), *check_tracing(settings)]
    if problems:
        raise SettingsError(list(dict.fromkeys(problems)))
    return settings
