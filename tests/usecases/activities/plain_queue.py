"""A song queue as plain lists: what may happen next, and what is there after it."""

from dataclasses import dataclass, field

Waiting = tuple[int, int, int]
"""Its number, which song it is, and who chose it."""


@dataclass
class PlainQueue:
    """A queue: what plays, what waits, and where the song is."""

    length: float
    """Seconds of every song."""
    most: int
    entries: int = 0
    sung: int = 0
    playing: Waiting | None = None
    began: float = 0.0
    """When the song that plays would have begun, had nobody held it or moved in it."""
    held: float | None = None
    """Where it is held; None: it goes on."""
    chorus: list[int] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    def add(self, who: int, song: int, now: float) -> str:
        """Add a song; say why not, in the failure's name."""
        own = [one for one in self.waiting if one[2] == who]
        last = self.waiting[-1] if self.waiting else self.playing
        if len(own) >= self.most:
            return "TooManySongs"
        if (last is not None and last[1] == song) or song in [one[1] for one in own]:
            return "SongQueued"
        self.entries += 1
        self.waiting.append((self.entries, song, who))
        if self.playing is None:
            self.go_on(now)
        return ""

    def go_on(self, now: float, *, sung: bool = False) -> None:
        """Let the next song play."""
        self.sung += sung
        self.playing = self.waiting.pop(0) if self.waiting else None
        self.began, self.held, self.chorus = now, None, []

    def end(self, who: int, entry: int, now: float, *, sung: bool) -> str:
        """Let the song that plays be over; the host is nobody's singer and may do so always (-1)."""
        if self.playing is None or self.playing[0] != entry:
            return "SongNotPlaying"
        if who not in (-1, self.playing[2]):
            return "PermissionDenied"
        self.go_on(now, sung=sung)
        return ""

    def at(self, now: float) -> float:
        """Return where the song is."""
        return self.held if self.held is not None else min(now - self.began, self.length)

    def move(self, who: int, entry: int, now: float, *, to: float | None, held: bool | None) -> str:
        """Go somewhere in the song, hold it, or let it go on."""
        if self.playing is None or self.playing[0] != entry:
            return "SongNotPlaying"
        if who not in (-1, self.playing[2]):
            return "PermissionDenied"
        position = self.at(now) if to is None else min(to, self.length)
        is_held = self.held is not None if held is None else held
        self.began, self.held = now - position, position if is_held else None
        return ""

    def remove(self, who: int, entry: int) -> str:
        """Take out a song that waits."""
        found = next((one for one in self.waiting if one[0] == entry), None)
        if found is None:
            return "SongNotFound"
        if who not in (-1, found[2]):
            return "PermissionDenied"
        self.waiting.remove(found)
        return ""

    def top(self, who: int, entry: int) -> str:
        """Move a song to the top."""
        if who != -1:
            return "PermissionDenied"
        found = next((one for one in self.waiting if one[0] == entry), None)
        if found is None:
            return "SongNotFound"
        self.waiting = [found, *(one for one in self.waiting if one != found)]
        return ""

    def sing(self, who: int, entry: int, *, sings: bool) -> str:
        """Sing along, or no longer."""
        if self.playing is None or self.playing[0] != entry:
            return "SongNotPlaying"
        others = [one for one in self.chorus if one != who]
        if not sings:
            self.chorus = others
        elif who not in self.chorus and who != self.playing[2]:
            self.chorus = [*others, who]
        return ""

    def leave(self, who: int, now: float) -> None:
        """Take out what somebody has."""
        self.waiting = [one for one in self.waiting if one[2] != who]
        self.chorus = [one for one in self.chorus if one != who]
        if self.playing is not None and self.playing[2] == who:
            self.go_on(now)

    def pass_by(self, now: float) -> None:
        """Let the song be over if its time is: the next one begins now."""
        if self.playing is not None and self.held is None and now - self.began >= self.length:
            self.go_on(now, sung=True)
