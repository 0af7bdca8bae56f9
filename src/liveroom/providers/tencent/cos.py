"""COS, Tencent's object storage, for apps that put their pictures there by themselves: keys for one object (STS)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from liveroom.domain.errors import ProviderNonsense
from liveroom.domain.uploads.model import Copy, Permit
from liveroom.ports import Clock
from liveroom.providers.tencent.cloud import TencentCloud
from liveroom.providers.uploads.s3 import Bucket, S3Client

STS: Final = "https://sts.tencentcloudapi.com"
VERSION: Final = "2018-08-13"
_NAME: Final = "liveroom"
_AROUND: Final = 64 * 1024
"""Bytes of a form beside the file."""


class CosBucket:
    """``ports.AppBucket``."""

    def __init__(self, sts: TencentCloud, client: S3Client, bucket: Bucket, region: str, clock: Clock) -> None:
        self._sts = sts
        self._client = client
        self._bucket = bucket
        self._region = region
        self._clock = clock

    async def permit(self, key: str, lasts: timedelta, most: int) -> Permit:
        now = self._clock.now()
        policy = policy_for(self._bucket.name, self._region, key, most)
        parameters = {
            "Name": _NAME,
            "Policy": msgspec.json.encode(policy).decode(),
            "DurationSeconds": int(lasts.total_seconds()),
        }
        given = await self._sts.call("GetFederationToken", VERSION, parameters, region=self._region)
        try:
            keys, ends = given["Credentials"], int(given["ExpiredTime"])
            id, secret, token = (str(keys[name]) for name in ("TmpSecretId", "TmpSecretKey", "Token"))
        except (KeyError, TypeError, ValueError) as failure:
            raise ProviderNonsense("Tencent answers GetFederationToken without keys") from failure
        over = datetime.fromtimestamp(ends, now.tzinfo)
        return Permit(self._bucket.name, self._region, id, secret, token, now, over)

    async def read(self, key: str, most: int) -> bytes | None:
        return await self._client.read(self._bucket.url(key), most)

    async def write(self, key: str, copy: Copy) -> None:
        await self._client.write(self._bucket.url(key), copy)

    async def remove(self, key: str) -> None:
        await self._client.remove(self._bucket.url(key))

    def url(self, key: str) -> str:
        return f"https://{self._bucket.name}.cos.{self._region}.myqcloud.com/{key}"

    async def close(self) -> None:
        await self._client.close()


def policy_for(bucket: str, region: str, key: str, most: int) -> Mapping[str, Any]:
    """Return what somebody may do who may put one object of so many bytes: nothing else."""
    account = bucket.rpartition("-")[2]
    statement = {
        "effect": "allow",
        "action": ["name/cos:PostObject", "name/cos:PutObject"],
        "resource": [f"qcs::cos:{region}:uid/{account}:{bucket}/{key}"],
        "condition": {"numeric_less_than_equal": {"cos:content-length": most + _AROUND}},
    }
    return {"version": "2.0", "statement": [statement]}
