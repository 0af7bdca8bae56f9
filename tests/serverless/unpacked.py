"""A package as a platform has it: unpacked where nothing can be written, run by nobody, with a bare environment."""

import os
import signal
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tests.servers import Server, fetch

_NOBODY = 65534
_READ_ONLY = 0o555


def unpack(package: Path, folder: Path) -> Path:
    """Unpack a zip as platforms do, modes included, into a folder that can only be read."""
    with zipfile.ZipFile(package) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, folder))
            path.chmod((entry.external_attr >> 16) & _READ_ONLY)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(_READ_ONLY)
    return folder


class UnpackedFunction(Server):
    """One process of a function, started by the package's own start file."""

    def __init__(self, folder: Path, package: Path, start: str, environment: Mapping[str, str]) -> None:
        super().__init__(folder)
        self._package = package
        self._start = start
        self._environment = environment
        self.port_named = ""
        """The variable that says the port."""

    def command_line(self) -> list[str]:
        given = {"PATH": "/usr/local/bin:/usr/bin:/bin", self.port_named: str(self.port), **self._environment}
        words = [f"{name}={text}" for name, text in given.items()]
        apart = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        return [*apart, "env", "-i", "-C", str(self._package), *words, str(self._package / self._start)]

    def answers(self) -> bool:
        return fetch(self.port, "/readyz")[0] == 200

    def terminate(self) -> int:
        """Tell the process to stop, as platforms do; return its exit status."""
        self._signal(signal.SIGTERM)
        assert self._process is not None
        return self._process.wait(timeout=30)
