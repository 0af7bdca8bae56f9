"""`liveroom docs`: the pages of docs/ that are made from declarations, and whether they are up to date."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from liveroom.settings import SettingsError, settings_markdown


def docs(*, check: Annotated[bool, Parameter(negative=())] = False, folder: Path = Path("docs")) -> None:
    """Write the pages that are made from declarations: settings, API, rights, events, errors, jobs, OpenAPI.

    Parameters
    ----------
    check
        Write nothing; name the pages that are stale, and exit with status 1 if there are any.
    folder
        Where the pages are.
    """
    if not folder.is_dir():
        raise SettingsError(
            [f"there is no folder {folder}: call this from the root of the repository, or say --folder"]
        )
    stale = [name for name, text in pages().items() if _read(folder / name) != text]
    if check:
        for name in stale:
            print(f"{folder / name} is stale: run `make docs`", file=sys.stderr)
        sys.exit(1 if stale else 0)
    for name in stale:
        (folder / name).write_text(pages()[name], encoding="utf-8")
        print(f"written: {folder / name}")


def pages() -> dict[str, str]:
    """Return every generated page by its name."""
    from liveroom.api.methods import METHODS
    from liveroom.app.jobs_page import jobs_markdown
    from liveroom.http.events import events_markdown
    from liveroom.http.markdown import api_markdown, errors_markdown, openapi_json
    from liveroom.http.permissions import permissions_markdown
    from liveroom.http.webhook_events import webhook_events_markdown

    return {
        "settings.md": settings_markdown(),
        "api.md": api_markdown(METHODS),
        "permissions.md": permissions_markdown(METHODS),
        "events.md": events_markdown(),
        "webhook-events.md": webhook_events_markdown(),
        "errors.md": errors_markdown(),
        "background-jobs.md": jobs_markdown(),
        "openapi.json": openapi_json(METHODS),
    }


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
