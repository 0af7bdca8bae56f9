"""What the server has to know: a file that is read again when it changes, so that secrets change without a stop."""

import tomllib
from pathlib import Path
from typing import Any


class Configuration:
    """The file; ``operator.example.toml`` says what stands in it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at = 0
        self._values: dict[str, Any] = {}

    @property
    def folder(self) -> Path:
        """Where the server keeps what it learns: beside the file."""
        return self._file.parent

    def __getitem__(self, name: str) -> Any:
        changed = self._file.stat().st_mtime_ns
        if changed != self._read_at:
            self._values = tomllib.loads(self._file.read_text(encoding="utf-8"))
            self._read_at = changed
        return self._values[name]
