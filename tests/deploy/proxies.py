"""The real nginx and the real Caddy, with the recipes of deploy/ as they are there but for names, ports and TLS."""

import os
import re
import shutil
from pathlib import Path
from typing import Final

from tests.servers import LOOPBACK, Server, fetch

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
_CADDY: Final = ROOT / ".venv" / "bin" / "caddy"
_PATH: Final = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class Proxy(Server):
    """A proxy in front of a service that listens on ``upstream``, for a site below ``base``."""

    def __init__(self, folder: Path, upstream: int, base: str = "") -> None:
        super().__init__(folder)
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._configure(upstream, base)

    def _configure(self, upstream: int, base: str) -> None:
        raise NotImplementedError

    @classmethod
    def missing(cls) -> str:
        """Return why the program cannot be had here, empty when it can."""
        raise NotImplementedError

    def answers(self) -> bool:
        return fetch(self.port, "/metrics")[0] == 404

    def said(self) -> str:
        """Return everything that the proxy has written."""
        return "\n".join(path.read_text(errors="replace") for path in self.folder.rglob("*log") if path.is_file())


class Nginx(Proxy):
    """The nginx of the machine."""

    def _configure(self, upstream: int, base: str) -> None:
        recipe = (DEPLOY / "nginx.conf").read_text()
        for old, new in (
            (r"listen 443 ssl;", f"listen {LOOPBACK}:{self.port};"),
            (r" *listen \[::\]:443 ssl;\n", ""),
            (r" *ssl_certificate\w* .*;\n", ""),
            (r"/var/log/nginx/", f"{self.folder}/"),
            (r"server 127\.0\.0\.1:9000;", f"server {LOOPBACK}:{upstream};"),
            (r"location / \{", f"location {base}/ {{"),
        ):
            recipe, count = re.subn(old, new, recipe)
            assert count, old
        spaces = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{space}_temp_path {self.folder}/{space};\n" for space in spaces)
        user = "user root;\n" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user}daemon off;\nmaster_process off;\npid {self.folder}/pid;\nerror_log {self.folder}/start.log;\n"
            f"events {{}}\nhttp {{\n{places}{recipe}\n}}\n"
        )

    @classmethod
    def missing(cls) -> str:
        return (
            "" if shutil.which("nginx", path=_PATH) else "nginx is not installed: scripts/get-test-proxies.sh gets it"
        )

    def command_line(self) -> list[str]:
        program = shutil.which("nginx", path=_PATH)
        return [str(program), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", "start.log"]


class Caddy(Proxy):
    """A Caddy built from its Go module."""

    @classmethod
    def program(cls) -> Path | None:
        """Return the program, None where it cannot be had."""
        return _CADDY if _CADDY.is_file() else None

    def _configure(self, upstream: int, base: str) -> None:
        (self.folder / "Caddyfile").write_text(
            (DEPLOY / "Caddyfile").read_text().replace("\n{\n", "\n{\n\tadmin off\n\tauto_https off\n", 1)
        )
        self._environment = [
            f"SITE=http://{LOOPBACK}:{self.port}",
            f"UPSTREAM={LOOPBACK}:{upstream}",
            f"XDG_DATA_HOME={self.folder}",
            f"XDG_CONFIG_HOME={self.folder}",
        ]

    @classmethod
    def missing(cls) -> str:
        return "" if cls.program() else "Caddy is built from its Go module: scripts/get-test-proxies.sh does it"

    def command_line(self) -> list[str]:
        return [
            "env",
            *self._environment,
            str(self.program()),
            "run",
            "--config",
            "Caddyfile",
            "--adapter",
            "caddyfile",
        ]


class InstalledCaddy(Caddy):
    """The Caddy of the machine: on Debian 12 it is 2.6, which reads less than the newest one."""

    @classmethod
    def program(cls) -> Path | None:
        found = shutil.which("caddy", path=_PATH)
        return Path(found) if found else None

    @classmethod
    def missing(cls) -> str:
        return "" if cls.program() else "Caddy is not installed: scripts/get-test-proxies.sh gets it"
