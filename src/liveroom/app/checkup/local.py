"""What can be seen without asking anybody: settings, secrets, the data folder, and this machine's clock."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from liveroom.app.data_folder import REMEDY, folder_fault, is_needed
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.messages.words import WordsUnreadable
from liveroom.keys.keyfile import NAME
from liveroom.providers.word_file import WordFile
from liveroom.settings import Settings
from liveroom.settings.checks import weakness

_MAKE_ONE: Final = "generate one with `liveroom config secret` and set LIVEROOM_SECRET"
_OTHERS: Final = 0o077


def look_at_secrets(settings: Settings) -> Iterator[Finding]:
    """Judge the secrets that sign tokens and seal salts."""
    if not settings.secret:
        yield from _key_file(settings.data_dir / NAME)
        return
    for place, named in enumerate(settings.secret):
        what = "signs tokens" if place == 0 else "is still accepted"
        weak = weakness(named.value.reveal())
        if weak is None:
            yield ok("secret", f"{named.id} {what}")
        else:
            yield warn(
                "secret", f"{named.id} {what} and {weak}: anyone who guesses it can sign in as anybody", _MAKE_ONE
            )


def _key_file(path: Path) -> Iterator[Finding]:
    if not path.exists():
        yield ok("secret", f"none is set: the first start generates one in {path}")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        yield fail(
            "secret", f"{path} has mode {mode:04o}: other users of this machine can read it", f"chmod 600 {path}"
        )
    else:
        yield ok("secret", f"generated, in {path}")


def look_at_words(settings: Settings) -> Iterator[Finding]:
    """Read the list of blocked words, where there is one."""
    path = settings.blocked_words
    if path is None:
        return
    try:
        words = WordFile(path).words
    except WordsUnreadable as problem:
        yield fail("words", f"{path} is unusable: {problem}", "fix it, or unset LIVEROOM_BLOCKED_WORDS")
        return
    masked = sum(word.masks for word in words)
    yield ok("words", f"{path} blocks {len(words) - masked} and masks {masked} with asterisks")


def look_at_folder(settings: Settings) -> Iterator[Finding]:
    """Judge the data folder, where one is needed."""
    if not is_needed(settings):
        return
    if fault := folder_fault(settings):
        yield fail("data folder", fault, REMEDY)
    else:
        folder = settings.data_dir
        yield ok("data folder", f"{folder} is writable" if folder.is_dir() else f"{folder} will be created")


def look_at_open_access(settings: Settings) -> Iterator[Finding]:
    """Name what stands open on purpose, so that it stays on purpose."""
    if settings.signature_ts == "optional":
        yield warn(
            "logins",
            "a signature without ts is accepted until its user sends one with ts; whoever intercepts it can replay it",
            "set LIVEROOM_SIGNATURE_TS=required once all your apps send ts (XiaoZhiBo does)",
        )
    else:
        yield ok("logins", "every signature includes its time and works once")
    if settings.registration == "open":
        guests = " or enter as a guest (LIVEROOM_GUESTS=off disables only guests)" if settings.guests else ""
        yield warn(
            "registration",
            f"anyone may create an account{guests}",
            "set LIVEROOM_REGISTRATION=closed if you do not want that",
        )
    else:
        yield ok("registration", "closed: only you create accounts")
    if "*" in settings.origins:
        yield warn("origins", "web pages of any site may call the service", "set LIVEROOM_ORIGINS to your own sites")
    else:
        yield ok("origins", ", ".join(settings.origins))
    if settings.maintenance:
        yield warn(
            "maintenance", "every call is answered with code 120", "set LIVEROOM_MAINTENANCE=off when it is over"
        )


def look_at_clock(now: datetime) -> Iterator[Finding]:
    """Judge this machine's clock by the time at which the program was installed: it cannot be earlier."""
    installed = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if now < installed:
        yield fail(
            "clock",
            f"it is {now:%Y-%m-%d %H:%M} here, before liveroom was installed: tokens and logins would be refused",
            "set the clock and synchronize it with a time server",
        )
    else:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")
