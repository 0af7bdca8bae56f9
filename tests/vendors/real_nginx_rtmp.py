"""The real nginx with its RTMP module, with the configuration of deploy/streams as it is but for ports and folders."""

import os
import re
import shutil
import signal
from pathlib import Path
from typing import Final

from tests.servers import LOOPBACK, Server, fetch, free_ports, wait_until

ROOT: Final = Path(__file__).parents[2]
RECIPE: Final = ROOT / "deploy/streams/nginx-rtmp.conf"
CALLBACK_KEY: Final = "callback-key-0123456789"
SILENCE: Final = 10.0
"""Seconds after which the configuration gives up an encoder that hangs."""
_FLV: Final = Path(__file__).parent / "flv"
_PATH: Final = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_MODULES: Final = (ROOT / ".venv/streams/ngx_rtmp_module.so", Path("/usr/lib/nginx/modules/ngx_rtmp_module.so"))


class NginxRtmp(Server):
    """A server of streams, which is told before it starts whom it asks."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.control, self.http, self.relay, self.flv = free_ports(4)
        self.recordings = folder / "recordings"
        self.rtmp_url = f"rtmp://{LOOPBACK}:{self.port}"
        self.control_url = f"http://{LOOPBACK}:{self.control}"
        self.hls_url = f"http://{LOOPBACK}:{self.http}/hls"
        self.flv_url = f"http://{LOOPBACK}:{self.http}/flv"

    def ask(self, upstream: int, *, relays: bool = False) -> None:
        """Have its hooks go to a port of this machine; ``relays``: every stream to where FLV is made of it."""
        recipe, module = RECIPE.read_text(), next(filter(Path.exists, _MODULES))
        for old, new in (
            (r"load_module modules/ngx_rtmp_module\.so;", f"load_module {module};"),
            (r"pid /run/nginx\.pid;", f"pid {self.folder}/pid;"),
            (r"/var/log/nginx/", f"{self.folder}/"),
            (
                r"# (push rtmp)://127\.0\.0\.1:1936/live;",
                rf"{'' if relays else '# '}\1://{LOOPBACK}:{self.relay}/live;",
            ),
            (r"127\.0\.0\.1:8000/", f"{LOOPBACK}:{self.flv}/"),
            (r"listen 1935;", f"listen {LOOPBACK}:{self.port};"),
            (r"listen 127\.0\.0\.1:8088;", f"listen {LOOPBACK}:{self.control};"),
            (r"listen 8080;", f"listen {LOOPBACK}:{self.http};"),
            (r"127\.0\.0\.1:9000", f"{LOOPBACK}:{upstream}"),
            (r"CALLBACK_KEY;", f"{CALLBACK_KEY};"),
            (r"key=CALLBACK_KEY&", f"key={CALLBACK_KEY}&"),
            (r"/var/lib/liveroom/hls", f"{self.folder}/hls"),
            (r"/var/lib/liveroom/recordings", f"{self.recordings}"),
            (r"/var/cache/nginx/", f"{self.folder}/"),
            (r"drop_idle_publisher 10s;", f"drop_idle_publisher {SILENCE:g}s;"),
        ):
            recipe, count = re.subn(old, new, recipe)
            assert count, old
        self.recordings.mkdir(exist_ok=True)
        places = "".join(
            f"    {space}_temp_path {self.folder}/{space};\n"
            for space in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        recipe = recipe.replace("http {\n", f"http {{\n{places}", 1)
        user = "user root;\n" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(f"{user}daemon off;\n{recipe}")

    @classmethod
    def missing(cls) -> str:
        """Return why it cannot be had here, empty when it can."""
        if not shutil.which("nginx", path=_PATH) or not any(map(Path.exists, _MODULES)):
            return "nginx or its RTMP module is missing: scripts/get-test-streams.sh gets it on Debian"
        return ""

    def command_line(self) -> list[str]:
        program = shutil.which("nginx", path=_PATH)
        return [str(program), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-e", "start.log"]

    def answers(self) -> bool:
        return fetch(self.control, "/stat")[0] == 200

    def worker(self) -> int:
        """Return the process that has the streams: who answers /stat."""
        _, page = fetch(self.control, "/stat")
        found = re.search(rb"<pid>(\d+)</pid>", page)
        return int(found[1]) if found else 0

    def reload(self) -> None:
        """Let a new worker take over, as `nginx -s reload` does."""
        former = self.worker()
        self._signal(signal.SIGHUP)
        wait_until(lambda: self.worker() not in (0, former), "a new worker")

    def end(self) -> None:
        """Stop it as `systemctl stop` does: at once, with its workers."""
        self._signal(signal.SIGTERM)
        assert self._process is not None
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End the master and its workers, which would outlive it."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
        super().kill()


class FlvServer(Server):
    """node-media-server, to which an nginx relays."""

    def __init__(self, folder: Path, nginx: NginxRtmp) -> None:
        super().__init__(folder)
        self._ports = (nginx.relay, nginx.flv)

    @classmethod
    def missing(cls) -> str:
        """Return why it cannot be had here, empty when it can."""
        if not shutil.which("node") or not (_FLV / "node_modules/node-media-server").is_dir():
            return "node-media-server is missing: sh scripts/npm-install.sh tests/vendors/flv"
        return ""

    def command_line(self) -> list[str]:
        node, (rtmp, http) = str(shutil.which("node")), self._ports
        return [node, str(_FLV / "serve.mjs"), str(rtmp), str(http), str(self.folder)]

    def answers(self) -> bool:
        return fetch(self._ports[1], "/")[0] == 404
