"""Has live page and guide built before liveroom is packed or installed, also from a clone with `pip install -e .`.

What is done, and with which Node, stands in web/build.py. LIVEROOM_SKIP_WEB=1 leaves both out: the service then
shows the reference of its methods at its root, and has no guide.
"""

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface[Any]):
    """The build hook; hatchling finds it in this file."""

    def dependencies(self) -> list[str]:
        """Return what the build needs beside hatchling: a Node, where one is needed and none is there."""
        pages = self._pages()
        return [pages.NODE_WHEEL] if self._is_needed(pages) and pages.find_node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is not built; a failure ends the build with a sentence."""
        pages = self._pages()
        if self._is_needed(pages):
            try:
                pages.build()
            except pages.CannotBuild as problem:
                self.app.abort(
                    f"The live page cannot be built: {problem}. LIVEROOM_SKIP_WEB=1 installs liveroom without it."
                )
        below = "src/" if self.target_name == "sdist" else ""
        for product in pages.products():
            if product.folder.is_dir() and version != "editable":
                build_data["force_include"][str(product.folder)] = f"{below}liveroom/http/{product.folder.name}"

    def _is_needed(self, pages: ModuleType) -> bool:
        return os.environ.get("LIVEROOM_SKIP_WEB", "") in ("", "0") and not pages.is_built()

    def _pages(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location("liveroom_web_build", Path(self.root) / "web" / "build.py")
        if spec is None or spec.loader is None:
            self.app.abort("web/build.py is missing")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
