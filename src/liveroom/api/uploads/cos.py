"""``cos/config``: how shipped apps put pictures into the operator's bucket at COS, in the form that they read."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.parameters import Request, Text
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.uploads.model import Permit
from liveroom.usecases.uploads.app_pictures import AppPictures


class CosCategory(Request):
    """``category``: ``avatar`` or ``cover``; the picture is in a folder of that name."""

    category: Annotated[str, Text(32)] = "avatar"


class CosKeys(Shape):
    """Keys that are good for one object."""

    session_token: str
    tmp_secret_id: str
    tmp_secret_key: str


class CosCredential(Shape):
    """The keys, and how long they are good."""

    start_time: int
    """Seconds since 1970."""
    expired_time: int
    expiration: str
    credentials: CosKeys


class CosConfig(Shape):
    """Where a picture is put, and with which keys."""

    bucket: str
    region: str
    filename: str
    """Without ``.jpg``, which the app adds."""
    preview: str
    """The picture's address."""
    credential: CosCredential


@method(
    "base/v1/cos/config",
    bad_request=Code.SystemVerifyError,
    reply=CosConfig,
    codes=(Code.NotOffered, Code.RateLimited, Code.ServiceUnavailable),
    optional=True,
)
async def config(call: CosCategory, actor: Actor, pictures: AppPictures) -> CosConfig:
    """Return keys with which an app may put one picture into the operator's bucket at COS, for ten minutes.

    The picture is looked at afterwards: its metadata goes, and what is no picture is removed. Without COS: 3008.
    """
    permit, key, url = await pictures.permit(actor, call.category)
    filename = key.removesuffix(".jpg")
    return CosConfig(
        bucket=permit.bucket, region=permit.region, filename=filename, preview=url, credential=_credential(permit)
    )


def _credential(permit: Permit) -> CosCredential:
    return CosCredential(
        start_time=int(permit.begins.timestamp()),
        expired_time=int(permit.ends.timestamp()),
        expiration=f"{permit.ends:%Y-%m-%dT%H:%M:%SZ}",
        credentials=CosKeys(
            session_token=permit.token, tmp_secret_id=permit.secret_id, tmp_secret_key=permit.secret_key
        ),
    )
