"""Why no connection to an operator's server came about, in words for whoever is to mend it."""

import socket
import ssl
from collections.abc import Iterator

import httpx


def unreached(failure: BaseException) -> str:
    """Return a sentence. Nothing of the address is in it: a path may be secret."""
    why = next(filter(None, map(_known, _causes(failure))), "")
    return f"it cannot be reached: {why}" if why else "it cannot be reached"


def _known(failure: BaseException) -> str:
    match failure:
        case httpx.ConnectTimeout():
            return "nothing answers at its address"
        case ConnectionRefusedError():
            return "nobody listens at its address and port"
        case socket.gaierror():
            return "its name is not known"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({failure.verify_message})"
        case ssl.SSLError():
            return "it does not speak TLS as https:// needs it"
    return ""


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        inner = failure.__cause__ or failure.__context__
        failure = inner.exceptions[0] if isinstance(inner, BaseExceptionGroup) else inner
