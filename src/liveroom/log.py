"""The log: one line an event, `room.entered room=… user=…`, as JSON or for the eye, with the request's id on each.

Whatever is written, by us or by a library, passes the same processors; the last before the form puts stars over what
must not be read: values under secret-looking names, and tokens, UserSigs and passwords inside text. There is no access
log.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

STARS: Final = "********"
_SECRET_NAME = re.compile(
    r"token|secret|passw|salt|signature|usersig|authorization|cookie|privatemapkey|ticket|randstr|phone|e?mail"
    r"|(?:^|_)(?:sig|sign)$|(?:api|internal|private|signing)_?key"
)
_SECRET_TEXT = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"  # a JWT
    r"|eJ[A-Za-z0-9*_-]{60,}"  # a UserSig: deflated JSON begins so
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user and password of an address
    r"|(?<=Bearer )[\w.~+/=-]+"
    r"|lrk_[\w-]+"  # a server key
    r"|whsec_[\w+/=-]+"  # what signs questions and webhooks
    r"|(?<=[?&\s\"'])(?:token|salt|signature|userSig|sdkUserSig|usersig|password|secret|sign)=[^&\s\"']+"
)
_DEEPEST = 8
_CAUSE_MAX = 300
_PACKAGE = Path(__file__).parent.as_posix()
UNEXPECTED: Final[dict[tuple[str, ...], float]] = {}
"""Errors of this process that nobody foresaw, by the event under which they are logged."""
_request: ContextVar[str] = ContextVar("request", default="")
_trace: ContextVar[str] = ContextVar("trace", default="")


def configure(form: Literal["auto", "json", "console"], level: str, *, stream: TextIO | None = None) -> None:
    """Set up the log of this process, for structlog and for libraries that use `logging`."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _name_request,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        star,
    ]
    console = form == "console" or (form == "auto" and out.isatty())
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=out.isatty())
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    least = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    _route_libraries(shared, last, out, least)


def count_unexpected(event: str) -> None:
    """Count an error that nobody foresaw and that is logged elsewhere."""
    UNEXPECTED[event,] = UNEXPECTED.get((event,), 0) + 1


def log_unexpected(log: Any, event: str, problem: BaseException, **fields: Any) -> None:
    """Log and count an error that nobody foresaw. The line says what and where; at level debug a traceback follows.

    Whoever can cause such an error can do so often, and a traceback each time would fill the disk.
    """
    count_unexpected(event)
    log.error(event, cause=repr(problem)[:_CAUSE_MAX], at=_place_of(problem), **fields)
    log.debug(f"{event}.traceback", exc_info=problem)


def _place_of(problem: BaseException) -> str:
    """Return the innermost place of ours in an error's traceback, else the innermost one."""
    places = traceback.extract_tb(problem.__traceback__)
    ours = [place for place in places if f"{_PACKAGE}/" in place.filename] or list(places)
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno} {ours[-1].name}" if ours else ""


def bind_request(request_id: str) -> None:
    """Put the request's id on every line that this task writes from now on."""
    _request.set(request_id)


def bind_trace(trace: str) -> str:
    """Put the id of the trace that is recorded on every line from now on, "" for none; return what was there."""
    before = _trace.get()
    _trace.set(trace)
    return before


def _name_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the ids of request and trace: calls only keep them, and only a line that is written looks at them."""
    request_id = _request.get()
    if request_id:
        event.setdefault("request", request_id)
    trace = _trace.get()
    if trace:
        event.setdefault("trace", trace)
    return event


def star(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put stars over the values of secret-looking names and over secrets inside text."""
    return {name: _starred(name, value, 0) for name, value in event.items()}


def _starred(name: str, value: Any, depth: int) -> Any:
    if isinstance(value, bool | None):
        return value
    if _is_secret(name) or depth > _DEEPEST:
        return STARS
    match value:
        case int() | float():
            return value
        case Mapping():
            return {str(inner): _starred(str(inner), item, depth + 1) for inner, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_starred("", item, depth + 1) for item in value]
        case _:
            return _SECRET_TEXT.sub(STARS, str(value))


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name.replace("-", "_").lower()) is not None


def _route_libraries(shared: list[Processor], last: Processor, out: TextIO, least: int) -> None:
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(least, logging.WARNING))
    for name in ("uvicorn", "uvicorn.error"):
        library = logging.getLogger(name)
        library.handlers, library.propagate = [], True
        library.setLevel(least)
    access = logging.getLogger("uvicorn.access")
    access.handlers, access.propagate = [], False
    logging.captureWarnings(capture=True)
