"""What others call: our apps (``/login``), liveroom (``/webhooks``, ``/hooks``) and our own people (``/staff/…``)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from operator_server.calls import Liveroom, NotAnswered, Refused
from operator_server.configuration import Configuration
from operator_server.ledger import Ledger
from operator_server.rules import decide, is_ours
from operator_server.signatures import NotSigned, is_staff, read

Handler = Callable[[Request], Awaitable[Response]]


class Routes:
    """The server's routes, and what is behind them."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.ledger = Ledger(configuration.folder / "operator.sqlite")
        self.liveroom = Liveroom(configuration)

    async def login(self, request: Request) -> Response:
        """Sign a user of ours in: to us first, then to liveroom."""
        asked = await _fields(request)
        name = str(asked.get("name", ""))
        if not is_ours(self.configuration, name, str(asked.get("password", ""))):
            return JSONResponse({"message": "We do not know you."}, 401)
        reply = await self.liveroom.login(name, str(asked.get("nickname", "")))
        return JSONResponse({"userId": reply["userId"], "token": reply["token"]})

    async def webhooks(self, request: Request) -> Response:
        """Take what happened; ``take`` has committed it when this answers."""
        message = await self._read(request)
        self.ledger.take(message["data"]["events"] if message["type"] == "batch" else [message])
        return Response(status_code=204)

    async def hooks(self, request: Request) -> Response:
        """Say whether something may happen."""
        return JSONResponse(decide(self.ledger, await self._read(request)))

    async def _read(self, request: Request) -> dict[str, Any]:
        return read(await request.body(), request.headers, self.configuration["signing_secrets"])

    async def rooms(self, request: Request) -> Response:
        """Show the rooms as they were told, and what was wrong with what was told."""
        return JSONResponse({"rooms": self.ledger.rooms(), "faults": self.ledger.faults()})

    async def open(self, request: Request) -> Response:
        """Open a room for its owner, who is to enter it within the grace."""
        fields = await _fields(request)
        return JSONResponse(await self.liveroom.admin("open_room", roomId=request.path_params["room"], **fields))

    async def change(self, request: Request) -> Response:
        """Change a room."""
        fields = await _fields(request)
        return JSONResponse(await self.liveroom.admin("update_room", roomId=request.path_params["room"], **fields))

    async def close(self, request: Request) -> Response:
        """Close a room."""
        await self.liveroom.admin("close_room", roomId=request.path_params["room"])
        return Response(status_code=204)

    async def seat(self, request: Request) -> Response:
        """Let a user enter a room, in the role that is asked for; who is in it changes the role."""
        room, user = request.path_params["room"], request.path_params["user"]
        role = (await _fields(request)).get("role", "audience")
        return JSONResponse(await self.liveroom.act(user, "rooms/enter_room", roomId=room, role=role))

    async def unseat(self, request: Request) -> Response:
        """Put a user out of a room, on every device."""
        room, user = request.path_params["room"], request.path_params["user"]
        return JSONResponse(await self.liveroom.admin("kick_user", roomId=room, userId=user))

    async def shun(self, request: Request) -> Response:
        """Let a user into no room any more; where they are, they stay."""
        self.ledger.shun(request.path_params["user"])
        return Response(status_code=204)

    def staff(self, handler: Handler) -> Handler:
        """Let our own people through, and nobody else."""

        async def checked(request: Request) -> Response:
            if not is_staff(request.headers.get("authorization", ""), self.configuration["staff_key"]):
                return JSONResponse({"message": "This is for staff."}, 401)
            return await handler(request)

        return checked


async def _fields(request: Request) -> dict[str, Any]:
    """Return a call's JSON object."""
    try:
        given = await request.json()
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise HTTPException(400, "A JSON object is wanted.")
    return given


async def _not_signed(_: Request, __: Exception) -> Response:
    return JSONResponse({"message": "That is not signed by liveroom."}, 401)


async def _cut_off(_: Request, __: Exception) -> Response:
    """Say nothing to whoever died in the middle of a call: liveroom sends its message again."""
    return Response(status_code=400)


async def _not_answered(_: Request, __: Exception) -> Response:
    return JSONResponse({"message": "Try again in a moment."}, 503)


async def _refused(_: Request, refused: Exception) -> Response:
    return JSONResponse({"code": getattr(refused, "code", 0), "message": str(refused)}, 409)


def make_app(configuration: Configuration) -> Starlette:
    """Return the server."""
    routes = Routes(configuration)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        await routes.liveroom.close()
        routes.ledger.close()

    room, member = "/staff/rooms/{room}", "/staff/rooms/{room}/members/{user}"
    return Starlette(
        routes=[
            Route("/login", routes.login, methods=["POST"]),
            Route("/webhooks", routes.webhooks, methods=["POST"]),
            Route("/hooks", routes.hooks, methods=["POST"]),
            Route("/staff/rooms", routes.staff(routes.rooms), methods=["GET"]),
            Route(room, routes.staff(routes.open), methods=["PUT"]),
            Route(room, routes.staff(routes.change), methods=["PATCH"]),
            Route(room, routes.staff(routes.close), methods=["DELETE"]),
            Route(member, routes.staff(routes.seat), methods=["PUT"]),
            Route(member, routes.staff(routes.unseat), methods=["DELETE"]),
            Route("/staff/unwelcome/{user}", routes.staff(routes.shun), methods=["PUT"]),
        ],
        exception_handlers={
            ClientDisconnect: _cut_off,
            NotSigned: _not_signed,
            NotAnswered: _not_answered,
            Refused: _refused,
        },
        lifespan=life,
    )
