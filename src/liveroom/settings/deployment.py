"""What `liveroom deploy` reads beside the settings: whose cloud it is, where in it, and what the function is given.

The names are those that Tencent's own tools read, so that one `.env` does for all of them.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from liveroom.settings.sources import ORIGINAL_NAMES, Reading, read_env_file
from liveroom.settings.values import Secret

_OF_THIS_MACHINE: Final = frozenset(
    f"LIVEROOM_{name}"
    for name in (
        *("DATA_DIR", "HOST", "PORT", "WORKERS", "HTTPS", "TLS_CERT", "TLS_KEY", "SERVERLESS", "SKIP_WEB"),
        *("CONSOLE_HOST", "CONSOLE_PORT", "BASE_PATH"),
    )
)
"""What is about this machine, or what the package's start file says."""

_SECRET_ID: Final = ("TENCENTCLOUD_SECRET_ID", "TENCENT_SECRET_ID")
_SECRET_KEY: Final = ("TENCENTCLOUD_SECRET_KEY", "TENCENT_SECRET_KEY")
_TOKEN: Final = ("TENCENTCLOUD_TOKEN", "TENCENT_TOKEN")
_REGION: Final = ("TENCENTCLOUD_REGION", "REGION")
_NEEDED: Final = {
    _SECRET_ID: "the id of a key of your account, from the page CAM, API keys, of Tencent's console",
    _SECRET_KEY: "the key itself, which that page shows once",
    _REGION: "where the function runs, such as ap-guangzhou: where MySQL and Redis are",
    ("VPC_ID",): "the private network that MySQL and Redis are in, such as vpc-a1b2c3d4",
    ("SUBNET_ID",): "a subnet of that network, such as subnet-a1b2c3d4",
}
_BUCKET: Final = (
    "COS_BUCKET is missing: a private bucket in the same region, such as live-1250000000, through which the package "
    "goes to the function, since it is too large for a call."
)


@dataclass(frozen=True)
class Deployment:
    """Where a function goes, and what it is given."""

    secret_id: str
    secret_key: Secret
    token: Secret
    region: str
    vpc: str
    subnet: str
    bucket: str
    scf_endpoint: str
    cos_endpoint: str
    environment: Mapping[str, str]
    """By name: what the function's environment has of the settings."""


def read_deployment(
    dotenv: Path, *, environ: Mapping[str, str] | None = None, needs_network: bool = True
) -> tuple[Deployment, list[str]]:
    """Return what is said of the deployment, and sentences about what is missing; the environment is the stronger.

    ``needs_network``: whether the function, and so the network and the bucket, are wanted.
    """
    reading = Reading()
    found = {**read_env_file(reading, dotenv), **(os.environ if environ is None else environ)}

    def first(*names: str) -> str:
        return next((found[name].strip() for name in names if found.get(name, "").strip()), "")

    given = {name: text for name, text in found.items() if text.strip() and _is_setting(name)}
    region = first(*_REGION)
    deployment = Deployment(
        secret_id=first(*_SECRET_ID),
        secret_key=Secret(first(*_SECRET_KEY)),
        token=Secret(first(*_TOKEN)),
        region=region,
        vpc=first("VPC_ID"),
        subnet=first("SUBNET_ID"),
        bucket=first("COS_BUCKET"),
        scf_endpoint=first("TENCENTCLOUD_SCF_ENDPOINT") or "https://scf.tencentcloudapi.com",
        cos_endpoint=first("TENCENTCLOUD_COS_ENDPOINT") or f"https://cos.{region}.myqcloud.com",
        environment=given,
    )
    network = ("VPC_ID", "SUBNET_ID")
    missing = [
        f"{names[0]} is missing: {what}."
        for names, what in _NEEDED.items()
        if not first(*names) and (needs_network or names[0] not in network)
    ]
    if needs_network and not deployment.bucket:
        missing.append(_BUCKET)
    return deployment, [*reading.problems, *missing]


def _is_setting(name: str) -> bool:
    return (name.startswith("LIVEROOM_") and name not in _OF_THIS_MACHINE) or name in ORIGINAL_NAMES
