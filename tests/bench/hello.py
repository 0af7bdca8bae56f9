"""The yardstick: an ASGI application that does nothing, on the server that the service runs on.

`python -m tests.bench.hello 9001` serves it on that port of this machine until it is told to stop.
"""

import sys

from liveroom.http.asgi import Message, Receive, Scope, Send
from liveroom.http.server import listen, run, serve

_BODY = b'{"errorCode":0,"errorMessage":"ok"}'
_START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))],
}


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer everything alike."""
    del scope, receive
    await send(_START)
    await send({"type": "http.response.body", "body": _BODY})


if __name__ == "__main__":
    run(serve(hello, listen("127.0.0.1", int(sys.argv[1]))))
