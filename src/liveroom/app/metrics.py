"""What ``/metrics`` shows: what the parts of a core count, and what is asked of them."""

from collections.abc import Sequence

from liveroom.app.assembly import Core
from liveroom.app.overview import make_gauges
from liveroom.app.sockets import SocketServer
from liveroom.http.metrics import Counted, Leveled, Meter, MetricsPage
from liveroom.log import UNEXPECTED
from liveroom.usecases.charges.wallet import WalletCalls
from liveroom.usecases.drift.showing import DriftReports
from liveroom.usecases.gifts.selling import GiftTurnover
from liveroom.usecases.operators.levels import Gauge
from liveroom.usecases.vendors.im_bridge import ImBridge


def make_figures(core: Core, meter: Meter, sockets: SocketServer) -> MetricsPage:
    """Return what a core, its calls and its sockets show."""
    levels: dict[str, Gauge] = {"online_users": core.live.online, "live_rooms": core.live_rooms}
    levels |= {**(sockets.gauges or {}), **make_gauges(core)}
    drift = core.services.console.drift.reports
    return MetricsPage(meter, levels, (*_counted(core), *sockets.counted), _drift(drift))


def _drift(reports: DriftReports) -> Sequence[Leveled]:
    """Return what differs, and how comparing goes."""
    return (
        Leveled("drift", "What differs, by where and kind.", ("source", "kind"), reports.counts),
        Leveled("drift_items", "How much was compared.", ("source",), reports.compared),
        Leveled("drift_held", "1 where so much differs that nothing is repaired.", ("source",), reports.held),
        Leveled("drift_failures", "Looks that failed, one after the other.", ("source",), reports.failures),
    )


def _counted(core: Core) -> Sequence[Counted]:
    """Return the counters of what is set up."""
    asked, event_workers = core.hook_calls.figures, core.outward.workers.queue.counts
    bridged = () if core.im_bridge is None else (_bridged(core.im_bridge),)
    wallet = core.services.money.charges.calls
    charged = () if wallet is None else (_charged(wallet),)
    sold = _sold(core.services.money.gifts.sold) if core.settings.offers("gifts") else ()
    works = core.jobs.vendors.queue.outcomes
    vendors = (Counted("vendor_work", "Tries at vendors.", ("vendor", "outcome"), works),) if core.vendors.any else ()
    spans = core.instruments.spans
    traced = (Counted("spans", "Spans for the collector of traces.", ("outcome",), spans),) if spans else ()
    return (
        *bridged,
        *_streamed(core),
        *charged,
        *traced,
        *sold,
        *vendors,
        Counted("unexpected_errors", "Errors that nobody foresaw, by their line in the log.", ("event",), UNEXPECTED),
        Counted("webhook_events", "Events for webhooks and the event log.", ("outcome",), event_workers.events),
        Counted("webhook_messages", "Messages to webhooks and the event log.", ("outcome",), event_workers.messages),
        Counted("repairs", "Differences of index and members put right.", ("kind",), core.jobs.comparison.repairs),
        Counted(
            "drift_repairs",
            "Differences repaired.",
            ("source", "case"),
            core.services.console.drift.reconciliation.repairs,
        ),
        Counted("hook_questions", "Questions to asking hooks.", ("moment", "outcome"), asked.outcomes),
        Counted("hook_seconds", "How long people waited for asking hooks.", ("moment",), asked.seconds),
    )


def _streamed(core: Core) -> Sequence[Counted]:
    """Return what becomes of pushed streams and of recordings, where there are any."""
    streams, recordings = core.services.media.streams.reports.changes, core.services.recordings.steps.changes
    found = []
    if core.settings.offers("streams"):
        found.append(Counted("streams", "What became of pushed streams.", ("outcome",), streams.outcomes))
    if core.settings.offers("recordings"):
        found.append(Counted("recordings", "What became of recordings.", ("outcome",), recordings.writer.outcomes))
    return found


def _bridged(im_bridge: ImBridge) -> Counted:
    return Counted("mirrored_messages", "Messages for groups at Tencent IM.", ("outcome",), im_bridge.outcomes)


def _charged(wallet: WalletCalls) -> Counted:
    return Counted("charges", "Messages to the operator's wallet.", ("outcome",), wallet.outcomes)


def _sold(sold: GiftTurnover) -> Sequence[Counted]:
    return (
        Counted("gifts_sent", "Gifts that were paid for, one for each receiver.", (), sold.gifts),
        Counted("gift_coins", "Coins that gifts have cost.", (), sold.coins),
    )
