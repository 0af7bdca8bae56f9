"""What others call: our apps (``/login``), liveroom (``/webhooks``, ``/hooks``) and our own people (``/staff/…``)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from liveroom_client import Refused, Unavailable, Unreachable
from liveroom_client.server import Backend, hook_app, webhook_app
from operator_server.configuration import Configuration
from operator_server.ledger import Ledger
from operator_server.rules import decide, is_ours, is_staff

Handler = Callable[[Request], Awaitable[Response]]


class Routes:
    """The server's routes, and what is behind them."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.ledger = Ledger(configuration.folder / "operator.sqlite")
        self.liveroom = Backend(
            configuration["liveroom"], lambda: str(configuration["server_key"]), tenant=configuration["tenant"]
        )
        self.webhooks = webhook_app(self._secrets, self.ledger.take)
        self.hooks = hook_app(self._secrets, lambda question: decide(self.ledger, question))

    def _secrets(self) -> list[str]:
        return list(self.configuration["signing_secrets"])

    async def login(self, request: Request) -> Response:
        """Sign a user of ours in: to us first, then to liveroom."""
        asked = await _fields(request)
        name = str(asked.get("name", ""))
        if not is_ours(self.configuration, name, str(asked.get("password", ""))):
            return JSONResponse({"message": "We do not know you."}, 401)
        ours = {"tag": self.configuration["tag"], "secret": self.configuration["login_secret"]}
        reply = await self.liveroom.sign_in(name, **ours, nickname=str(asked.get("nickname", "")))
        return JSONResponse({"userId": reply["userId"], "token": reply["token"]})

    async def rooms(self, request: Request) -> Response:
        """Show the rooms as they were told, and what was wrong with what was told."""
        return JSONResponse({"rooms": self.ledger.rooms(), "faults": self.ledger.faults()})

    async def open(self, request: Request) -> Response:
        """Open a room for its owner, who is to enter it within the grace."""
        fields = await _fields(request)
        return JSONResponse(await self.liveroom.call("admin/open_room", roomId=request.path_params["room"], **fields))

    async def change(self, request: Request) -> Response:
        """Change a room."""
        fields = await _fields(request)
        return JSONResponse(await self.liveroom.call("admin/update_room", roomId=request.path_params["room"], **fields))

    async def close(self, request: Request) -> Response:
        """Close a room."""
        await self.liveroom.call("admin/close_room", roomId=request.path_params["room"])
        return Response(status_code=204)

    async def seat(self, request: Request) -> Response:
        """Let a user enter a room, in the role that is asked for; who is in it changes the role."""
        room, user = request.path_params["room"], request.path_params["user"]
        role = (await _fields(request)).get("role", "audience")
        return JSONResponse(await self.liveroom.act_as(user).call("rooms/enter_room", roomId=room, role=role))

    async def unseat(self, request: Request) -> Response:
        """Put a user out of a room, on every device."""
        room, user = request.path_params["room"], request.path_params["user"]
        return JSONResponse(await self.liveroom.call("admin/kick_user", roomId=room, userId=user))

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
            Route("/webhooks", routes.webhooks),
            Route("/hooks", routes.hooks),
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
            Unreachable: _not_answered,
            Unavailable: _not_answered,
            Refused: _refused,
        },
        lifespan=life,
    )
