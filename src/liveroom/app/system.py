"""What operators do with the installation itself: webhooks, hooks, tenants, keys, settings."""

from dataclasses import dataclass

from liveroom.app.groups import ServiceGroup
from liveroom.app.modules import Modules
from liveroom.app.wiring import Wiring
from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.usecases.moderation.audit_search import AuditSearch
from liveroom.usecases.webhooks.admin import AdminWebhooks


@dataclass(frozen=True, slots=True)
class System(ServiceGroup):
    """The use cases, as handlers ask for them."""

    webhooks: AdminWebhooks
    audit_search: AuditSearch


def make_system(wiring: Wiring, modules: Modules) -> System:
    """Build them."""
    outward = wiring.outward

    def kinds() -> frozenset[str]:
        return frozenset((*EVENT_PAYLOADS, *(kind for one in modules.installed for kind in one.module.events)))

    return System(
        webhooks=AdminWebhooks(outward.webhooks, outward.posts, wiring.db, wiring.clock, kinds),
        audit_search=AuditSearch(wiring.db),
    )
