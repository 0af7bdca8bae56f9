"""Everything that `liveroom doctor` and the console's page of that name look at, one after the other."""

from collections.abc import AsyncIterator
from itertools import chain

from liveroom.app.checkup.callbacks import look_at_callbacks
from liveroom.app.checkup.charges import look_at_operator_wallet
from liveroom.app.checkup.codes import look_at_codes
from liveroom.app.checkup.database import look_at_database
from liveroom.app.checkup.event_log import look_at_event_log
from liveroom.app.checkup.hooks import look_at_hooks
from liveroom.app.checkup.keeping import look_at_keeping
from liveroom.app.checkup.ledger import look_at_ledger
from liveroom.app.checkup.local import (
    look_at_clock,
    look_at_folder,
    look_at_open_access,
    look_at_secrets,
    look_at_words,
)
from liveroom.app.checkup.media import look_at_media, look_at_tenants
from liveroom.app.checkup.modules import look_at_modules
from liveroom.app.checkup.operators import look_at_operators
from liveroom.app.checkup.page import look_at_https, look_at_page
from liveroom.app.checkup.providers import look_at_trtc
from liveroom.app.checkup.proxies import look_at_proxies
from liveroom.app.checkup.receipts import look_at_receipts
from liveroom.app.checkup.redis import look_at_redis
from liveroom.app.checkup.server_keys import look_at_server_keys
from liveroom.app.checkup.streams import look_at_streams
from liveroom.app.checkup.uploads import look_at_uploads
from liveroom.app.checkup.vendors import look_at_vendors
from liveroom.app.checkup.webhooks import look_at_webhooks
from liveroom.domain.findings import Finding
from liveroom.ports import Clock
from liveroom.settings import Settings


async def examine(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Yield every finding about an installation with these settings."""
    now = clock.now()
    for finding in chain(
        look_at_secrets(settings),
        look_at_folder(settings),
        look_at_words(settings),
        look_at_clock(now),
        look_at_modules(settings),
    ):
        yield finding
    for found in (look_at_database(settings, clock), look_at_keeping(settings, clock), look_at_redis(settings, clock)):
        async for finding in found:
            yield finding
    for finding in chain(look_at_trtc(settings, now), look_at_media(settings)):
        yield finding
    for found in (
        look_at_tenants(settings),
        look_at_vendors(settings, clock),
        look_at_codes(settings, clock),
        look_at_server_keys(settings, clock),
        look_at_operators(settings, clock),
        look_at_hooks(settings, clock),
        look_at_webhooks(settings, clock),
        look_at_event_log(settings),
        look_at_ledger(settings, clock),
        look_at_operator_wallet(settings, clock),
        look_at_receipts(settings, clock),
        look_at_uploads(settings, clock),
        look_at_streams(settings, clock),
        look_at_proxies(settings, clock),
    ):
        async for finding in found:
            yield finding
    for finding in chain(
        look_at_callbacks(settings), look_at_page(), look_at_https(settings, now), look_at_open_access(settings)
    ):
        yield finding
