"""At whose place which tenants' media and messages are."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Vendor
from liveroom.ports import VendorsOf
from liveroom.usecases.tenants.registry import Tenancy


@dataclass(frozen=True, slots=True)
class ServedTenants:
    """Whose rooms are at which vendor."""

    tenants: Tenancy
    vendors_of: VendorsOf

    def by(self, vendor: Vendor) -> Sequence[Tenant]:
        """Return the tenants that a vendor serves."""
        return [tenant for tenant in self.tenants.all() if vendor in self.vendors_of(tenant)]
