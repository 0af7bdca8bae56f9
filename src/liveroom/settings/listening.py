"""The settings of where the service, and the operator's console, are reached, and of how they stop."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from liveroom.settings import values
from liveroom.settings.declaring import setting
from liveroom.settings.values import Network


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ListeningSettings:
    """Addresses, certificates, paths and proxies."""

    host: str = setting(
        "127.0.0.1",
        "Address to listen on; 0.0.0.0 for every address of the machine.",
        starts="Listening",
    )
    port: int = setting(9000, "Port to listen on; 0 picks a free one.")
    workers: int = setting(1, "Number of server processes; more than one needs Redis.")
    https: bool = setting(
        False,
        "Whether to serve HTTPS, which browsers require for cameras; then host defaults to 0.0.0.0, and without "
        "the two files below a self-signed certificate is made.",
    )
    tls_cert: Path | None = setting(
        None,
        "PEM file of the certificate chain; reloaded when it changes.",
        parse=values.parse_path,
    )
    tls_key: Path | None = setting(None, "PEM file of the certificate's private key.", parse=values.parse_path)
    base_path: str = setting(
        "", "Path prefix under which a proxy serves everything, such as /live.", parse=values.parse_base_path
    )
    stages: tuple[str, ...] = setting(
        ("", "prod", "dev", "local"),
        "First path segments to ignore, as gateways add them; the root is always accepted.",
        parse=values.parse_stages,
    )
    origins: tuple[str, ...] = setting(
        ("*",),
        "Web origins that may call the service, such as https://app.example.com; * for all.",
        parse=values.parse_list,
    )
    trusted_proxies: tuple[Network, ...] = setting(
        (), "Networks of the proxies whose X-Forwarded-For is trusted.", parse=values.parse_networks
    )
    console: bool = setting(True, "Whether the operator's console is served, below /console.")
    console_host: str = setting(
        "",
        "Address on which the console is served instead of beside the service, with LIVEROOM_CONSOLE_PORT; by default "
        "the host's.",
    )
    console_port: int = setting(
        0,
        "Port of its own for the console: the service's own port then answers 404 below /console, and takes no "
        "operator's cookie. 0 serves the console beside the service.",
    )
    shutdown_grace: timedelta = setting(
        timedelta(seconds=10), "How long a shutdown waits for running requests; defaults to 1s as a web function."
    )
    serverless: bool = setting(
        False,
        "Whether it runs as a web function, whose processes are short-lived and frozen between calls: background work "
        "runs with calls and the timer's tick, and there are no sockets; then host defaults to 0.0.0.0.",
    )
