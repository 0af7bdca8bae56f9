"""The settings of the operators' console: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from datetime import timedelta

from liveroom.settings import values
from liveroom.settings.declared import Declared
from liveroom.settings.declaring import setting


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredConsole(Declared):
    """What the operator may decide about the console."""

    operator_session: timedelta = setting(
        timedelta(hours=12), "How long an operator stays signed in to the console at most.", starts="Console"
    )
    operator_idle: timedelta = setting(
        timedelta(hours=1), "How long an operator stays signed in to the console without a call."
    )
    operator_totp: str = setting(
        "optional",
        "Whether operators must have a second factor (TOTP); who has none then needs a new link.",
        parse=values.choice("optional", "required"),
    )
