"""TC3 signatures, by the vector of TENCENT.md 6, on which the official Node SDK agrees."""

from datetime import UTC, datetime

from liveroom.providers.tencent.tc3 import tc3_headers

PAYLOAD = b'{"SdkAppId":1400000000,"RoomId":"room-abc","UserIds":["u1"]}'


def sign(payload: bytes = PAYLOAD, region: str = "ap-guangzhou") -> dict[str, str]:
    return dict(
        tc3_headers(
            "AKIDexampleexampleexample",
            "examplesecretkey",
            host="trtc.tencentcloudapi.com",
            action="RemoveUserByStrRoomId",
            version="2019-07-22",
            region=region,
            payload=payload,
            now=datetime.fromtimestamp(1700000000, UTC),
        )
    )


def test_the_vendors_vector_is_signed_as_it_signs_it() -> None:
    headers = sign()
    assert headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKIDexampleexampleexample/2023-11-14/trtc/tc3_request, "
        "SignedHeaders=content-type;host, Signature=a8767d1300122cf671e13b3dfcc341587633ecd5e05c766a29cbfeb59e9ad33b"
    )
    assert (headers["X-TC-Timestamp"], headers["X-TC-Region"]) == ("1700000000", "ap-guangzhou")


def test_another_payload_has_another_signature() -> None:
    assert sign(PAYLOAD + b" ")["Authorization"] != sign()["Authorization"]


def test_a_service_without_regions_is_sent_none() -> None:
    assert "X-TC-Region" not in sign(region="")
