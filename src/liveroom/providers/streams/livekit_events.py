"""What LiveKit says of its ingresses by webhook (STREAMS.md 5): a push has begun or ended; the key was LiveKit's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from liveroom.domain.streams.model import StreamAnswer, StreamCall, StreamReport
from liveroom.domain.streams.model import StreamReportKind as Kind
from liveroom.providers.callbacks import moment, part, read_object, sentence, text, whole
from liveroom.providers.livekit.webhooks import check_webhook
from liveroom.providers.streams.addresses import stream_name
from liveroom.providers.streams.livekit_ingress import ingress_session
from liveroom.providers.streams.server_api import bounded

_EVENTS: Final = {"ingress_started": Kind.STARTED, "ingress_ended": Kind.ENDED}
_REASON_MAX: Final = 200


class LivekitIngressEvents:
    """``ports.StreamCallbacks``."""

    def __init__(self, key: str, secret: str) -> None:
        self._key = key
        self._secret = secret

    def read(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime) -> StreamCall:
        check_webhook(self._key, self._secret, headers, body, now)
        said = read_object(body)
        kind, info = _EVENTS.get(text(said.get("event"))), part(said, "ingressInfo")
        name, state = stream_name(info.get("name")), part(info, "state")
        session = ingress_session(state)
        if kind is None or name is None or not session:
            return StreamCall()
        video, is_end = part(state, "video"), kind is Kind.ENDED
        report = StreamReport(
            kind,
            name,
            session,
            "",
            moment(said.get("createdAt"), now),
            width=bounded(whole(video.get("width"))),
            height=bounded(whole(video.get("height"))),
            reason=sentence(state.get("error"), _REASON_MAX) if is_end else "",
        )
        return StreamCall(report)

    def answer(self, call: StreamCall, is_allowed: bool) -> StreamAnswer:
        """Say thanks: LiveKit says it again where it is answered otherwise."""
        return StreamAnswer(200, b"{}")
