"""The settings of Tencent's server calls that are answered here: like those of ``declared``, behind them."""

from dataclasses import dataclass

from liveroom.settings import values
from liveroom.settings.declared_uploads import DeclaredUploads
from liveroom.settings.declaring import setting


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredVendorCalls(DeclaredUploads):
    """What the operator may decide about them."""

    tencent_calls: tuple[str, ...] = setting(
        (),
        "Which of Tencent's server calls are answered at /v4/ in Tencent's form, for the administrator "
        "LIVEROOM_TIM_ADMINISTRATOR: a list of gifts, follow; empty: none.",
        parse=values.some_of("gifts", "follow"),
        starts="Tencent's server calls",
    )
