"""MediaMTX that asks nobody: it believes tokens in addresses, with the key that it fetches from us."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from liveroom.settings import SettingsError
from tests.service import serving

MEDIAMTX: Final[Mapping[str, Any]] = {"streams": "mediamtx", "streams_http_url": "https://live.example.com:8888"}


async def test_an_address_has_a_token_that_the_key_we_hand_out_verifies(tmp_path: Path) -> None:
    key, path = ec.generate_private_key(ec.SECP256R1()), tmp_path / "streams.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    async with serving(tmp_path / "data", **MEDIAMTX, streams_token_key=path) as service:
        host = await service.sign_up()
        made = (await host.call("streams/create", {"roomId": await host.go_live()})).data
        fetched = await service.send("GET", "/callbacks/streams/mediamtx/jwks")
    (address,) = made["addresses"]
    name, _, token = address["key"].partition("?token=")
    (trusted,) = jwt.PyJWKSet.from_json(fetched.text).keys
    claims = jwt.decode(token, trusted.key, algorithms=["ES256"], issuer="liveroom")
    assert claims["mediamtx_permissions"] == [{"action": "publish", "path": f"live/{name}"}]
    assert "PRIVATE" not in fetched.text


async def test_where_it_asks_us_there_is_no_key_and_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", **MEDIAMTX) as service:
        assert (await service.send("GET", "/callbacks/streams/mediamtx/jwks")).status == 404
    (tmp_path / "streams.pem").write_text("no key")
    with pytest.raises(SettingsError, match="LIVEROOM_STREAMS_TOKEN_KEY"):
        async with serving(tmp_path / "data", **MEDIAMTX, streams_token_key=tmp_path / "streams.pem"):
            pass
