"""What operators do with the installation itself: webhooks, hooks, tenants, keys, settings."""

import os
import platform
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib import import_module

from liveroom import __version__
from liveroom.api.declare import Method, permissions_of, scopes_of
from liveroom.api.operators.console import is_console_call
from liveroom.app.groups import ServiceGroup
from liveroom.app.media import missing_for
from liveroom.app.modules import Modules
from liveroom.app.people import People
from liveroom.app.wiring import Wiring
from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.domain.findings import Finding
from liveroom.domain.operators.roles import BESIDE_METHODS
from liveroom.domain.tenants.model import RtcKind
from liveroom.ports import Clock
from liveroom.settings import Settings
from liveroom.settings.declaring import variable
from liveroom.usecases.hooks.admin import AdminHooks
from liveroom.usecases.installation import Doctor, Installation, RunningProgram, SettingInForce
from liveroom.usecases.moderation.audit_search import AuditSearch
from liveroom.usecases.tenants.admin import AdminKeys, AdminTenants
from liveroom.usecases.tenants.keys import AppSignatures, ServerKeys
from liveroom.usecases.webhooks.admin import AdminWebhooks


@dataclass(frozen=True, slots=True)
class System(ServiceGroup):
    """The use cases, as handlers ask for them."""

    webhooks: AdminWebhooks
    hooks: AdminHooks
    tenants: AdminTenants
    keys: AdminKeys
    audit_search: AuditSearch
    installation: Installation
    doctor: Doctor


def make_system(wiring: Wiring, people: People, modules: Modules) -> System:
    """Build them."""
    settings, outward = wiring.settings, wiring.outward

    def kinds() -> frozenset[str]:
        return frozenset((*EVENT_PAYLOADS, *(kind for one in modules.installed for kind in one.module.events)))

    return System(
        webhooks=AdminWebhooks(outward.webhooks, outward.posts, wiring.db, wiring.clock, kinds),
        hooks=AdminHooks(wiring.hook_calls),
        tenants=AdminTenants(wiring.tenants, RtcKind(settings.rtc), partial(missing_for, settings=settings)),
        keys=_keys(wiring, people, modules),
        audit_search=AuditSearch(wiring.db),
        installation=Installation(partial(_settings_in_force, settings), _program(settings, wiring.clock)),
        doctor=Doctor(partial(_examine, settings, wiring.clock), wiring.clock),
    )


def _keys(wiring: Wiring, people: People, modules: Modules) -> AdminKeys:
    def offered() -> Iterable[Method]:
        return (method for method in modules.registry.methods.values() if method.is_offered_by(modules.offered))

    return AdminKeys(
        ServerKeys(wiring.db, wiring.keys, wiring.clock),
        AppSignatures(wiring.db, wiring.keys, wiring.clock),
        people.own_users.secrets,
        scopes=lambda: scopes_of(offered()),
        permissions=lambda: BESIDE_METHODS | permissions_of(offered()),
        modules=lambda: frozenset(
            method.module for method in modules.registry.methods.values() if not is_console_call(method)
        ),
    )


def _examine(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Examine the installation; what that takes is imported only now, since it reaches for every setup there is."""
    examine: Callable[[Settings, Clock], AsyncIterator[Finding]]
    examine = import_module("liveroom.app.checkup.examining").examine
    return examine(settings, clock)


def _settings_in_force(settings: Settings) -> list[SettingInForce]:
    return [
        SettingInForce(variable(one.name), one.value, one.default, one.source, one.group, one.doc)
        for one in settings.redacted()
    ]


def _program(settings: Settings, clock: Clock) -> RunningProgram:
    return RunningProgram(
        version=__version__,
        began=clock.now(),
        machine=socket.gethostname(),
        process=os.getpid(),
        python=platform.python_version(),
        database="mysql" if settings.on_mysql else "sqlite",
        live="redis" if settings.redis_url is not None else "memory",
    )
