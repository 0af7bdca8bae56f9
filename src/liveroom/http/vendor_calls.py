"""The address of Tencent's server calls: ``POST /v4/<service>/<command>`` (``api.vendors.calls``)."""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from liveroom import deadlines
from liveroom.api.vendors.calls import HTTP_WRONG, VendorCalls
from liveroom.http.decoding import BodyTooLarge, ClientGone, read_body

LONGEST: Final = 64 * 1024


def vendor_call_routes(calls: VendorCalls) -> list[Route]:
    """Return the route."""
    return [Route("/v4/{service}/{command}", _answering(calls), methods=["POST"])]


def _answering(calls: VendorCalls) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        path = f"{request.path_params['service']}/{request.path_params['command']}"
        query = {name.lower(): value for name, value in request.query_params.items()}
        request_id = request.state.request_id
        began = deadlines.begin()
        try:
            length = request.headers.get("content-length", "").encode()
            body = await read_body(request.receive, length, LONGEST)
            return JSONResponse(await calls.answer(path, query, body, _origin(request), request_id))
        except BodyTooLarge as problem:
            refusal = {"ActionStatus": "FAIL", "ErrorCode": HTTP_WRONG, "ErrorInfo": problem.detail}
            return JSONResponse({**refusal, "RequestId": request_id})
        except ClientGone:
            return Response(status_code=400)
        finally:
            deadlines.over(began)

    return answer


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}{request.state.base}"
