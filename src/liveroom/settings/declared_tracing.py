"""The settings of traces: like those of ``declared``, behind them."""

from dataclasses import dataclass

from liveroom.settings import values
from liveroom.settings.declared_receipts import DeclaredReceipts
from liveroom.settings.declaring import setting


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredTracing(DeclaredReceipts):
    """What the operator may decide about them."""

    traces: bool = setting(
        False,
        "Whether calls are recorded as traces of OpenTelemetry and sent to a collector; needs the extra "
        "liveroom[otel].",
        starts="Traces",
    )
    traces_ratio: float = setting(
        0.01,
        "Which part of the calls is recorded, from 0 to 1, where no traceparent of the caller decides. Unset, "
        "OTEL_TRACES_SAMPLER_ARG counts.",
    )
    traces_per_second: int = setting(
        100, "How many traces a process records in a second at most, whatever callers ask for."
    )
    traces_endpoint: str = setting(
        "",
        "Where the collector takes OTLP over HTTP, such as http://collector:4318; unset, where "
        "OTEL_EXPORTER_OTLP_ENDPOINT says, else http://localhost:4318.",
        parse=values.parse_text,
    )
