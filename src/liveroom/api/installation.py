"""``admin/*`` about the whole installation: settings in force, what `liveroom doctor` finds, the running program."""

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Nothing
from liveroom.api.shapes import Shape
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.usecases.installation import Doctor, Installation, SettingInForce


class SettingRow(Shape):
    """A setting in force."""

    name: str
    """The variable, such as ``LIVEROOM_PORT``."""
    value: str
    """Secrets and passwords are stars."""
    default: str
    origin: str
    """``default``, ``flag``, ``environment``, ``file`` (.env) or ``simulator``."""
    source: str
    """The same in words, with the name under which it was given."""
    group: str
    doc: str


class ExaminedAspect(Shape):
    """Something that was looked at, and how it stands."""

    level: str
    """``ok``; ``warn``: it works, and you may want to know; ``fail``: it does not work, or can be misused."""
    subject: str
    fact: str
    remedy: str
    """What to do; empty if nothing has to be done."""


class DoctorReply(Shape):
    """What was found."""

    time_utc: str
    failures: int
    warnings: int
    findings: list[ExaminedAspect]


class VersionReply(Shape):
    """The process that answers."""

    version: str
    since_utc: str
    machine: str
    process: int
    """Its number on the machine."""
    python: str
    database: str
    """``sqlite`` or ``mysql``."""
    live: str
    """``memory`` or ``redis``."""


@method(
    "base/v1/admin/settings",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="settings.view",
    reply=list[SettingRow],
    data=Data.LIST,
)
async def settings(_: Nothing, operator: Operator, installation: Installation) -> Page:
    """List every setting with its value in force, its default, and where it comes from, as `liveroom config show`."""
    return Page.of([_setting(one) for one in installation.settings()])


@method(
    "base/v1/admin/doctor",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="system.view",
    reply=DoctorReply,
)
async def doctor(_: Nothing, operator: Operator, doctor: Doctor) -> DoctorReply:
    """Look at settings, keys, database, Redis, providers and clock, as `liveroom doctor` does, for 15 s at most.

    Whoever asks within five seconds gets the same answer. Vendors are asked something that changes nothing, hooks a
    sample question.
    """
    at, findings = await doctor.examination()
    rows = [ExaminedAspect(level=one.level, subject=one.subject, fact=one.fact, remedy=one.remedy) for one in findings]
    levels = [row.level for row in rows]
    return DoctorReply(
        time_utc=wire_time(at), failures=levels.count("fail"), warnings=levels.count("warn"), findings=rows
    )


@method(
    "base/v1/admin/version",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="system.view",
    reply=VersionReply,
)
async def version(_: Nothing, operator: Operator, installation: Installation) -> VersionReply:
    """Return which release answers, since when it has run, and on what."""
    program = installation.program
    return VersionReply(
        version=program.version,
        since_utc=wire_time(program.began),
        machine=program.machine,
        process=program.process,
        python=program.python,
        database=program.database,
        live=program.live,
    )


def _setting(one: SettingInForce) -> SettingRow:
    first = one.source.removeprefix("default and ").partition(" ")[0]
    origin = "file" if first == ".env" else first
    return SettingRow(
        name=one.name,
        value=one.value,
        default=one.default,
        origin=origin,
        source=one.source,
        group=one.group,
        doc=one.doc,
    )
