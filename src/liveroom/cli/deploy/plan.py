"""What there is, what is wanted, and so what is done: compared without changing anything.

No value of the environment is ever in a plan, only names.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from liveroom.cli.deploy.wanted import MADE_BY, QUALIFIER, WantedFunction, WantedTrigger
from liveroom.settings import SettingsError

_FAILED: Final = "CreateFailed"


@dataclass(frozen=True)
class FunctionPlan:
    """What is done with one function."""

    wanted: WantedFunction
    found: Mapping[str, Any] | None
    is_broken: bool
    """It could not be made: it is removed, and made anew."""
    changes: tuple[str, ...]
    """What is configured otherwise, in words."""
    code_differs: bool | None
    """None: nobody knows yet."""
    trigger: Mapping[str, Any] | None

    @property
    def is_made(self) -> bool:
        return self.found is None or self.is_broken

    @property
    def trigger_differs(self) -> bool:
        """Say whether its trigger is there, but another than is wanted."""
        return self.trigger is not None and not is_same_trigger(self.trigger, self.wanted.trigger)

    def lines(self) -> Iterator[str]:
        """Yield the plan as people read it."""
        name, trigger = f"function {self.wanted.name}", self.wanted.trigger
        if self.is_made:
            again = " anew, because making it failed" if self.is_broken else ""
            yield f"make     {name}{again}: {', '.join(described(self.wanted))}"
        else:
            code = {True: ["the code"], False: [], None: ["the code, if it is another"]}[self.code_differs]
            changes = [*code, *self.changes]
            yield f"change   {name}: {', '.join(changes)}" if changes else f"keep     {name}"
        what = f"{_KINDS[trigger.kind]} of {self.wanted.name}"
        if self.trigger is None or self.is_made:
            yield f"make     {what}"
        else:
            yield f"change   {what}" if self.trigger_differs else f"keep     {what}"


_KINDS: Final = {"http": "address", "timer": "timer"}


def plan_for(wanted: WantedFunction, found: Mapping[str, Any] | None, code_differs: bool | None) -> FunctionPlan:
    """Compare. Raises ``SettingsError`` where something of the name is not ours, or cannot become what is wanted."""
    if found is None:
        return FunctionPlan(wanted, None, False, (), None, None)
    if not is_ours(found):
        raise SettingsError(
            [f"there is a function {wanted.name} that `liveroom deploy` has not made: choose another --name"]
        )
    if found.get("Status") == _FAILED:
        return FunctionPlan(wanted, found, True, (), None, None)
    for name, value in wanted.fixed.items():
        if found.get(name) != value:
            said = f"the function {wanted.name} has {name} {found.get(name)}, which cannot become {value}"
            raise SettingsError([f"{said}: `liveroom deploy scf --remove` removes it, then deploy again"])
    trigger = next((one for one in found.get("Triggers") or () if one["TriggerName"] == wanted.trigger.name), None)
    return FunctionPlan(wanted, found, False, tuple(_changes(wanted, found)), code_differs, trigger)


def is_ours(found: Mapping[str, Any]) -> bool:
    """Say whether this command has made a function."""
    return str(found.get("Description") or "").endswith(MADE_BY)


def described(wanted: WantedFunction) -> Iterator[str]:
    """Yield what a new function is, in words."""
    yield f"{wanted.fixed['Type']} on {wanted.fixed['Runtime']}"
    yield f"{wanted.configured['MemorySize']} MB, {wanted.configured['Timeout']} s"
    if network := wanted.configured.get("VpcConfig"):
        yield f"in {network['VpcId']} and {network['SubnetId']}"
    yield f"with {', '.join(sorted(wanted.environment))}"


def _changes(wanted: WantedFunction, found: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.configured.items():
        if not _says(found.get(name), value):
            yield name
    known = {one["Key"]: one["Value"] for one in (found.get("Environment") or {}).get("Variables") or ()}
    for name in sorted({*known, *wanted.environment}):
        if known.get(name) != wanted.environment.get(name):
            yield name if name in wanted.environment else f"without {name}"


def is_same_trigger(found: Mapping[str, Any], wanted: WantedTrigger) -> bool:
    """Say whether a trigger is what is wanted; SCF adds addresses to what it was told of a URL."""
    said = str(found.get("TriggerDesc") or "")
    if wanted.kind == "timer":
        return _cron(said) == wanted.description and found.get("Qualifier", QUALIFIER) == QUALIFIER
    return _says(_parsed(said), json.loads(wanted.description))


def _cron(said: str) -> str:
    """Return a timer's expression, which SCF answers in JSON."""
    parsed = _parsed(said)
    return str(parsed.get("cron", "")) if isinstance(parsed, Mapping) else said


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _says(found: Any, wanted: Any) -> bool:
    """Say whether all that is wanted is there; the platform may say more."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(_says(found.get(name), value) for name, value in wanted.items())
    return bool(found == wanted)
