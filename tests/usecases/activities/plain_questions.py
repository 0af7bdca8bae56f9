"""A round of questions as plain lists: what waits, who has voted for it, and what was answered."""

from dataclasses import dataclass, field


@dataclass
class PlainQuestion:
    """A question: who asked it, and who wants it answered."""

    id: str
    by: int
    text: int
    voters: set[int] = field(default_factory=set)


@dataclass
class PlainRound:
    """A round. The host is -1, and may do everything."""

    most: int
    asked: int = 0
    waiting: list[PlainQuestion] = field(default_factory=list)
    marked: str = ""
    answered: list[tuple[str, int, int]] = field(default_factory=list)
    """Which question, whose, and with how many votes."""

    def find(self, id: str) -> PlainQuestion | None:
        """Return one that waits."""
        return next((one for one in self.waiting if one.id == id), None)

    def ask(self, who: int, text: int) -> str:
        """Ask; say why not, in the failure's name."""
        if any(one.text == text for one in self.waiting):
            return "QuestionAsked"
        if sum(one.by == who for one in self.waiting) >= self.most:
            return "TooManyQuestions"
        self.asked += 1
        self.waiting.append(PlainQuestion(f"q{self.asked}", who, text))
        return ""

    def mark(self, who: int, id: str) -> str:
        """Say which one is being answered."""
        if who != -1:
            return "PermissionDenied"
        if id and self.find(id) is None:
            return "QuestionNotFound"
        self.marked = id
        return ""

    def answer(self, who: int, id: str) -> str:
        """Answer one."""
        found = self.find(id)
        if who != -1:
            return "PermissionDenied"
        if found is None:
            return "QuestionNotFound"
        self.answered.append((id, found.by, len(found.voters)))
        self._take_out(found)
        return ""

    def remove(self, who: int, id: str) -> str:
        """Remove one that waits, or was answered."""
        found = self.find(id)
        answered = next((one for one in self.answered if one[0] == id), None)
        by = found.by if found is not None else answered[1] if answered is not None else None
        if by is None:
            return "QuestionNotFound"
        if who not in (-1, by):
            return "PermissionDenied"
        if found is not None:
            self._take_out(found)
        self.answered = [one for one in self.answered if one != answered]
        return ""

    def leave(self, who: int) -> None:
        """Take out what somebody has asked."""
        for one in [one for one in self.waiting if one.by == who]:
            self._take_out(one)

    def listed(self) -> list[tuple[str, int]]:
        """Return what waits with its votes, the most first."""
        return [(one.id, len(one.voters)) for one in sorted(self.waiting, key=lambda one: -len(one.voters))]

    def _take_out(self, question: PlainQuestion) -> None:
        self.waiting.remove(question)
        if self.marked == question.id:
            self.marked = ""
