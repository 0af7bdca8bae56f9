"""`liveroom docs`: the pages of docs/ that are made from declarations, and whether they are up to date."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from liveroom.settings import SettingsError, settings_markdown, settings_texts
from liveroom.translations import FOLDER, Say, Wanted, in_chinese, in_english, missing, renewed


def docs(*, check: Annotated[bool, Parameter(negative=())] = False, folder: Path = Path("docs")) -> None:
    """Write the pages that are made from declarations: settings, API, rights, events, errors, jobs, OpenAPI.

    Also keeps the files of their Chinese, and names what has none.

    Parameters
    ----------
    check
        Write nothing; name what is stale or has no Chinese, and exit with status 1 if there is any.
    folder
        Where the pages are.
    """
    if not folder.is_dir():
        raise SettingsError(
            [f"there is no folder {folder}: call this from the root of the repository, or say --folder"]
        )
    stale = {path: text for path, text in _files(folder).items() if _read(path) != text}
    if not check:
        for path, text in stale.items():
            path.write_text(text, encoding="utf-8")
            print(f"written: {path}")
        stale = {}
    for path in stale:
        print(f"{path} is stale: run `make docs`", file=sys.stderr)
    untranslated = missing(wanted())
    for text in untranslated:
        print(f"no Chinese in {FOLDER}: {text}", file=sys.stderr)
    sys.exit(1 if stale or untranslated else 0)


def _files(folder: Path) -> dict[Path, str]:
    catalogues = {FOLDER / name: text for name, text in renewed(wanted()).items()}
    return {**catalogues, **{folder / name: text for name, text in pages().items()}}


def pages() -> dict[str, str]:
    """Return every generated page by its name; a page is there in Chinese once all of it is."""
    from liveroom.api.methods import METHODS
    from liveroom.app.jobs_page import jobs_markdown
    from liveroom.http.events import events_markdown
    from liveroom.http.markdown import api_markdown, errors_markdown, frame_texts, openapi_json
    from liveroom.http.permissions import permissions_markdown
    from liveroom.http.webhook_events import webhook_events_markdown

    frame = {"reference": frame_texts(METHODS)}
    return {
        **_in_both("settings", settings_markdown, {"settings": settings_texts()}),
        **_in_both("api", partial(api_markdown, METHODS), _texts_of_methods(), frame),
        "permissions.md": permissions_markdown(METHODS),
        "events.md": events_markdown(),
        "webhook-events.md": webhook_events_markdown(),
        **_in_both("errors", errors_markdown, frame),
        "background-jobs.md": jobs_markdown(),
        "openapi.json": openapi_json(METHODS),
    }


def wanted() -> Wanted:
    """Return what the generated pages say that also exist in Chinese, by its file of translations."""
    from liveroom.api.methods import METHODS
    from liveroom.http.events import event_texts
    from liveroom.http.markdown import frame_texts

    frame = {"settings": settings_texts(), "reference": frame_texts(METHODS)}
    return {**frame, **_texts_of_methods(), "events": event_texts()}


def _texts_of_methods() -> dict[str, list[str]]:
    """Return what methods say, by the folder of ``api`` that declares them."""
    from liveroom.api.methods import METHODS
    from liveroom.http.described import describe
    from liveroom.http.markdown import texts_of

    found: dict[str, list[str]] = {}
    for item in describe(METHODS):
        place = item.method.handler.__module__.removeprefix("liveroom.api.").partition(".")[0]
        found.setdefault(f"methods-{place}", []).extend(texts_of(item))
    return found


def _in_both(name: str, write: Callable[[Say, str], str], *said: Wanted) -> dict[str, str]:
    """Return a page in English and, if it is whole, in Chinese, each with the line that leads to the other."""
    english, chinese = f"{name}.md", f"{name}.zh-CN.md"
    if any(map(missing, said)):
        return {english: write(in_english, "")}
    return {
        english: write(in_english, f"[中文]({chinese})"),
        chinese: write(in_chinese, f"[English]({english})"),
    }


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
