"""Where settings come from, and which source wins.

Flags, then `LIVEROOM_*` of the environment, then of the file `.env`, then the names that the original service read
and those of OpenTelemetry, then the defaults. This is the only module of liveroom that reads the environment.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote

from liveroom.settings import values
from liveroom.settings.declaring import abouts, variable
from liveroom.settings.settled import Settings
from liveroom.settings.values import NamedSecret

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_QUOTED = re.compile(r"""(?P<quote>["'])(?P<text>.*)(?P=quote)\s*(?:#.*)?""")
_PLACEHOLDER = re.compile(r"x{8,}", re.IGNORECASE)
# Kubernetes announces each Service of the namespace by such names, and one may be called liveroom or liveroom-redis.
_ANNOUNCED = re.compile(r"LIVEROOM_(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP)(_\w+)?)")
_ANNOUNCED_PORT = re.compile(r"(tcp|udp)://[\w.:\[\]-]+")

# What the original signs with when nobody gave it a secret.
DEFAULT_WORD = "default"

# What the build asks (hatch_build.py): `make run` hands it on to the service.
_OF_THE_BUILD = "LIVEROOM_SKIP_WEB"

_ORIGINAL = {
    "TRTC_TIM_APPID": "trtc_sdk_app_id",
    "TRTC_TIM_SECRET": "trtc_secret",
    "TIM_ADMINISTRATOR": "tim_administrator",
    "JWT_SECRET": "secret",
    "STAGE": "stages",
    "REGION": "region",
}
_STANDARD = {"OTEL_TRACES_SAMPLER_ARG": "traces_ratio"}
"""Names of others' standards. The rest of those that begin with OTEL_ is read by OpenTelemetry's own packages."""
ORIGINAL_NAMES = (
    *("MYSQL_HOST", "MYSQL_PORT", "MYSQL_USER", "MYSQL_PASSWORD", "MYSQL_DB"),
    *("REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD"),
    *_ORIGINAL,
)


@dataclass(frozen=True, slots=True)
class Given:
    """A text that somebody wrote for a setting, the name under which, and where."""

    name: str
    text: str
    source: str

    def __str__(self) -> str:
        return f"{self.name} ({self.source})" if self.source != "flag" else f"{self.name}"


@dataclass(slots=True)
class Reading:
    """The texts found so far, and what was wrong with them."""

    given: dict[str, Given] = field(default_factory=dict)
    original: dict[str, Given] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def offer(self, setting: str, given: Given) -> None:
        """Keep the text, if no stronger source had one."""
        if given.text.strip():
            self.given.setdefault(setting, given)

    def original_text(self, name: str, default: str = "") -> str:
        return self.cleaned(self.original[name]) if name in self.original else default

    def forget_default(self) -> None:
        """Drop the original's secret where it is the word that it signs with for want of one."""
        if self.original_text("JWT_SECRET").lower() == DEFAULT_WORD:
            del self.original["JWT_SECRET"]

    def cleaned(self, given: Given) -> str:
        """Return the text without blanks around it; a comment or a placeholder in it is a problem."""
        text = given.text.strip()
        before = re.split(r"\s//", text, maxsplit=1)[0].strip()
        if before != text:
            self.problems.append(
                f"{given} has a comment after // in its value; move it to a line of its own that begins with #."
            )
        if _PLACEHOLDER.fullmatch(before):
            self.problems.append(
                f"{given} still holds the x's of the example; write the real value, or remove it to do without."
            )
        return before


def read_sources(flags: Mapping[str, object], environ: Mapping[str, str] | None, env_file: Path | None) -> Reading:
    """Collect the texts of all sources, the strongest first."""
    reading = Reading()
    for setting, value in flags.items():
        if value is not None:
            reading.offer(setting, Given(f"--{setting.replace('_', '-')}", _flag_text(value), "flag"))
    _take(reading, os.environ if environ is None else environ, "environment")
    _take(reading, read_env_file(reading, env_file), ".env")
    return reading


def resolve(reading: Reading) -> dict[str, Any]:
    """Return the value of every setting that somebody gave, and under `sources` who did."""
    found: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for name, about in abouts(Settings).items():
        if name in reading.given:
            given = reading.given[name]
            _parse(reading, found, name, given, about.parse)
            sources[name] = "flag" if given.source == "flag" else f"{given.source} {given.name}"
    _add_original(reading, found, sources)
    return {**found, "sources": sources}


def _flag_text(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)


def _take(reading: Reading, found: Mapping[str, str], source: str) -> None:
    known = {variable(name): name for name in abouts(Settings)}
    for name in sorted(found):
        given = Given(name, found[name], source)
        if (name in ORIGINAL_NAMES or name in _STANDARD) and given.text.strip():
            reading.original.setdefault(name, given)
        if not name.startswith("LIVEROOM_") or name == _OF_THE_BUILD or _is_announced(given):
            continue
        if name in known:
            reading.offer(known[name], given)
        else:
            nearest = get_close_matches(name, known, n=1, cutoff=0.0)[0]
            reading.problems.append(f"{given} is not a setting; the nearest name is {nearest}.")


def _is_announced(given: Given) -> bool:
    if _ANNOUNCED.fullmatch(given.name):
        return True
    return given.name.endswith("_PORT") and _ANNOUNCED_PORT.fullmatch(given.text) is not None


def read_env_file(reading: Reading, path: Path | None) -> dict[str, str]:
    """Read NAME=value lines; quotes around a value are taken off, and ` #` ends a value without them."""
    if path is None or not path.is_file():
        return {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        reading.problems.append(f"{path} cannot be read ({problem}); make it a UTF-8 text that this user may read.")
        return {}
    found = {}
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        if match := _LINE.fullmatch(line):
            found[match[1]] = _unquoted(match[2])
        else:
            reading.problems.append(f"Line {number} of {path} is not NAME=value; correct it or begin it with #.")
    return found


def _unquoted(text: str) -> str:
    if match := _QUOTED.fullmatch(text):
        return match["text"]
    return re.split(r"(?:^|\s)#", text, maxsplit=1)[0].strip()


def _parse(reading: Reading, found: dict[str, Any], setting: str, given: Given, parse: Callable[[str], Any]) -> None:
    text = reading.cleaned(given)
    if _PLACEHOLDER.fullmatch(text):
        return
    try:
        found[setting] = parse(text)
    except ValueError as problem:
        reading.problems.append(f"{given} {problem}.")


def _add_original(reading: Reading, found: dict[str, Any], sources: dict[str, str]) -> None:
    """Fill from the original's names what no name of ours has given."""
    for name, setting in (*_ORIGINAL.items(), *_STANDARD.items()):
        if name not in reading.original or name in {"JWT_SECRET", "STAGE"} or setting in reading.given:
            continue
        given = reading.original[name]
        _parse(reading, found, setting, given, abouts(Settings)[setting].parse)
        sources[setting] = f"{given.source} {name}"
    _add_jwt_secret(reading, found, sources)
    _add_stage(reading, found, sources)
    if "MYSQL_HOST" in reading.original and "database_url" not in reading.given:
        found["database_url"] = _mysql_url(reading)
        sources["database_url"] = f"{reading.original['MYSQL_HOST'].source} MYSQL_HOST"
    if "REDIS_HOST" in reading.original and "redis_url" not in reading.given:
        found["redis_url"] = _redis_url(reading)
        sources["redis_url"] = f"{reading.original['REDIS_HOST'].source} REDIS_HOST"


def _add_jwt_secret(reading: Reading, found: dict[str, Any], sources: dict[str, str]) -> None:
    """Accept the original's secret: as the only one it signs, behind ours it keeps old tokens good."""
    if "JWT_SECRET" not in reading.original:
        return
    given = reading.original["JWT_SECRET"]
    ours: tuple[NamedSecret, ...] = found.get("secret", ())
    theirs: dict[str, Any] = {}
    _parse(reading, theirs, "secret", given, values.parse_single_secret)
    known = {our.value for our in ours}
    added = tuple(replace(named, original=True) for named in theirs.get("secret", ()) if named.value not in known)
    found["secret"] = ours + added
    sources["secret"] = " and ".join(filter(None, [sources.get("secret"), f"{given.source} JWT_SECRET"]))


def _add_stage(reading: Reading, found: dict[str, Any], sources: dict[str, str]) -> None:
    if "STAGE" not in reading.original or "stages" in reading.given:
        return
    given = reading.original["STAGE"]
    stage: dict[str, Any] = {}
    _parse(reading, stage, "stages", given, values.parse_stages)
    found["stages"] = tuple(dict.fromkeys((*Settings().stages, *stage.get("stages", ()))))
    sources["stages"] = f"default and {given.source} STAGE"


def _mysql_url(reading: Reading) -> str:
    host, port = reading.original_text("MYSQL_HOST"), reading.original_text("MYSQL_PORT", "3306")
    user, password = reading.original_text("MYSQL_USER", "root"), reading.original_text("MYSQL_PASSWORD")
    database = reading.original_text("MYSQL_DB", "live_room").replace("-", "_")
    return f"mysql://{quote(user, safe='')}:{quote(password, safe='')}@{host}:{port}/{database}"


def _redis_url(reading: Reading) -> str:
    host, port = reading.original_text("REDIS_HOST"), reading.original_text("REDIS_PORT", "6379")
    password = reading.original_text("REDIS_PASSWORD")
    return f"redis://:{quote(password, safe='')}@{host}:{port}" if password else f"redis://{host}:{port}"
