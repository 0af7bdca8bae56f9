"""Makes a function what it should be, a step at a time: where one run is interrupted, the next goes on."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from liveroom.cli.deploy.account import ScfAccount, ScfRefused
from liveroom.cli.deploy.codes import FunctionCode, code_of
from liveroom.cli.deploy.plan import FunctionPlan, is_ours, plan_for
from liveroom.cli.deploy.wanted import QUALIFIER, WantedFunction, WantedTrigger
from liveroom.settings import SettingsError

_UNDER_WAY: Final = frozenset({"Creating", "Updating", "Publishing", "Deleting"})
_SECONDS: Final = 300.0
_SECONDS_BETWEEN_LOOKS: Final = 2.0
_NO_TRIGGER: Final = "ResourceNotFound"


class Deployer:
    """Works on functions of one account."""

    def __init__(
        self,
        account: ScfAccount,
        told: Callable[[str], None],
        *,
        pause: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account: Final = account
        self._told: Final = told
        self._pause: Final = pause
        self._monotonic: Final = monotonic

    def plan(self, wanted: WantedFunction, code: FunctionCode | None) -> FunctionPlan:
        """Compare what there is with what is wanted; without code, that is not compared. Raises ``SettingsError``."""
        found = self._account.function(wanted.name)
        if found is None or not is_ours(found):
            return plan_for(wanted, found, None)
        found = self.settled(wanted.name)
        is_there = found is not None and found["Status"] != "CreateFailed" and code is not None
        differs = code_of(self._account, wanted.name) != code.sha256 if is_there and code else None
        return plan_for(wanted, found, differs)

    def apply(self, plan: FunctionPlan, code: FunctionCode) -> None:
        """Do what the plan says, and wait until it is done. Raises ``SettingsError``."""
        wanted = plan.wanted
        if plan.is_made:
            self._make(plan, code)
        elif plan.code_differs:
            self._told(f"Changing the code of {wanted.name}")
            with code.offered() as place:
                self._account.call("UpdateFunctionCode", FunctionName=wanted.name, Code=place)
                self._wait_active(wanted.name)
        if not plan.is_made and plan.changes:
            self._told(f"Configuring {wanted.name}: {', '.join(plan.changes)}")
            self._account.call("UpdateFunctionConfiguration", **_changeable(wanted.request))
            self._wait_active(wanted.name)
        self._trigger(plan)

    def address(self, name: str) -> str:
        """Return the address at which a function is called; "" while it has none."""
        found = self._account.function(name) or {}
        for trigger in found.get("Triggers") or ():
            if trigger["Type"] == "http":
                network = json.loads(trigger["TriggerDesc"]).get("NetConfig") or {}
                return str(network.get("ExtranetUrl") or "").rstrip("/")
        return ""

    def wait_address(self, name: str) -> str:
        """Return the address as soon as there is one. Raises ``SettingsError``."""
        found = self._until(lambda: self.address(name), bool, f"{name} gets no address")
        return str(found)

    def remove(self, name: str) -> None:
        """Remove a function and what calls it, and wait until it is gone."""
        found = self.settled(name)
        for trigger in (found or {}).get("Triggers") or ():
            self._without_trigger(name, trigger)
        self._account.call("DeleteFunction", FunctionName=name)
        self._until(lambda: self._account.function(name), lambda left: left is None, f"{name} is not removed")

    def settled(self, name: str) -> Mapping[str, Any] | None:
        """Return a function as soon as nothing is under way with it; None: there is none. Raises ``SettingsError``."""
        found: Mapping[str, Any] | None = self._until(
            lambda: self._account.function(name),
            lambda one: one is None or one["Status"] not in _UNDER_WAY,
            f"{name} is still being made or changed",
        )
        return found

    def _make(self, plan: FunctionPlan, code: FunctionCode) -> None:
        wanted = plan.wanted
        if plan.is_broken:
            self.remove(wanted.name)
        self._told(f"Making {wanted.name}")
        with code.offered() as place:
            self._account.call("CreateFunction", **{**wanted.request, **wanted.fixed, "Code": place})
            self._wait_active(wanted.name)

    def _trigger(self, plan: FunctionPlan) -> None:
        wanted, name = plan.wanted.trigger, plan.wanted.name
        if not plan.is_made and plan.trigger is not None:
            if not plan.trigger_differs:
                return
            self._without_trigger(name, plan.trigger)
        self._told(f"Making the {'timer' if wanted.kind == 'timer' else 'address'} of {name}")
        self._account.call("CreateTrigger", **_trigger_request(name, wanted))
        self._wait_active(name)

    def _without_trigger(self, name: str, trigger: Mapping[str, Any]) -> None:
        said = {"TriggerName": trigger["TriggerName"], "Type": trigger["Type"]}
        try:
            qualifier = trigger.get("Qualifier") or QUALIFIER
            self._account.call("DeleteTrigger", FunctionName=name, Qualifier=qualifier, **said)
        except ScfRefused as refused:
            if not refused.code.startswith(_NO_TRIGGER):
                raise

    def _wait_active(self, name: str) -> None:
        found = self.settled(name)
        status = "gone" if found is None else found["Status"]
        if status != "Active":
            reasons = [one.get("ErrorMessage", "") for one in (found or {}).get("StatusReasons") or ()]
            told = " ".join([*reasons, str((found or {}).get("StatusDesc") or "")]).strip()
            raise SettingsError([f"{name} is {status}, not Active: {told or 'its page in the console says why'}"])

    def _until(self, look: Callable[[], Any], enough: Callable[[Any], bool], else_said: str) -> Any:
        """Look until it is enough, for a bounded time. Raises ``SettingsError``."""
        deadline = self._monotonic() + _SECONDS
        while not enough(seen := look()):
            if self._monotonic() >= deadline:
                minutes = int(_SECONDS / 60)
                raise SettingsError(
                    [f"{else_said} after {minutes} minutes: call this again, and it goes on from there"]
                )
            self._pause(_SECONDS_BETWEEN_LOOKS)
        return seen


def _changeable(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a change of the configuration may say: the handler belongs to the code."""
    return {name: value for name, value in request.items() if name != "Handler"}


def _trigger_request(name: str, wanted: WantedTrigger) -> dict[str, Any]:
    return {
        "FunctionName": name,
        "TriggerName": wanted.name,
        "Type": wanted.kind,
        "TriggerDesc": wanted.description,
        "Qualifier": QUALIFIER,
        "Enable": "OPEN",
    }
