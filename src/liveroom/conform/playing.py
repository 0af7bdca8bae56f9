"""Plays an app: its calls in the order in which it makes them, with an account and a room of its own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from liveroom.conform.accounts import ConformAccount, RunAccounts, md5_of
from liveroom.conform.judging import AnswerJudge, AppProblem, Judgement, ServiceAnswer
from liveroom.conform.phrases import quote
from liveroom.conform.sending import AppSender, NoServiceAnswer, check_open
from liveroom.conform.shipped import AppCall, AppFailure, AppForm, Sent, ShippedApp

BAD_TOKEN: Final = "conform-no-token"  # noqa: S105 - it is none
_REGISTER: Final = "oauth/register"
_ENTER: Final = "rooms/enter_room"
_LIMITED: Final = 3004
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_OF_A_USER: Final = frozenset({"userId", "token", "badToken", "roomId", "sdkAppId"})
_NO_CODE: Final = "Signing in by code: give --code NUMBER:CODE, once for each of these apps."


class CallVerdict(StrEnum):
    """What came of a call."""

    WORKS = "works"
    LIMITED = "limited"
    BREAKS = "breaks"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class PlayedCall:
    """A call of an app, and what came of it."""

    app: ShippedApp
    call: AppCall
    verdict: CallVerdict
    sentences: Sequence[str] = ()
    """What an app's developer should know."""
    problems: Sequence[AppProblem] = ()
    answer: ServiceAnswer | None = None


@dataclass(frozen=True, slots=True)
class ContactCode:
    """A number or a mailbox, and the code that is sent there."""

    contact: str
    code: str

    @property
    def is_phone(self) -> bool:
        """Say whether it is a number."""
        return "@" not in self.contact


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all apps of a run find on the service."""

    other: ConformAccount
    other_room: str
    """A room in which somebody else is live; empty if none could be opened."""
    unknown_room: str
    """An id of which there is no room."""
    codes: list[ContactCode]
    """Those that no app has used yet."""


@dataclass(slots=True)
class AppPlayer:
    """Plays one app: its calls one after another, as the app knows itself and its room then."""

    app: ShippedApp
    sender: AppSender
    accounts: RunAccounts
    around: Surroundings
    account: ConformAccount = field(init=False)
    _kept: dict[str, str] = field(default_factory=dict)
    _contact: ContactCode | None = None
    _cannot_open: bool = False
    _asked: set[str] = field(default_factory=set)
    """Paths for which a browser has sent its preflight."""

    def __post_init__(self) -> None:
        self.account = self.accounts.new(self.app.key)

    async def make(self, call: AppCall) -> PlayedCall:
        """Make the next call. Raises ``CannotConform``."""
        if reason := self._reason_not_to(call):
            return PlayedCall(self.app, call, CallVerdict.NOT_TRIED, [reason])
        await self._make_ready(call)
        judged, answer = Judgement(), None
        for values, left_out in self._variants(call):
            judged, answer = await self._judge(call, values)
            if judged.problems:
                return self._told(call, judged, answer, left_out)
        return self._told(call, judged, answer, "")

    def _reason_not_to(self, call: AppCall) -> str:
        if call.asks_code:
            self._contact = self._take_contact(call)
        if call.uses_code and self._contact is None:
            return _NO_CODE
        if call.uses_code and not call.asks_code and "sessionId" not in self._kept:
            return "Signing in by code: no code could be asked for."
        if call.needs_room and self._cannot_open:
            return "What needs a room: it could not be opened."
        if "otherRoom" in self._used(call) and not self.around.other_room:
            return "What needs a room of somebody else: it could not be opened."
        return ""

    def _take_contact(self, call: AppCall) -> ContactCode | None:
        may_be_mail = "email" in self._used(call)
        found = next((one for one in self.around.codes if one.is_phone or may_be_mail), None)
        if found is not None:
            self.around.codes.remove(found)
        return found

    async def _make_ready(self, call: AppCall) -> None:
        used = self._used(call)
        if not self.account.is_registered and ("username" in used or used & _OF_A_USER):
            if call.path == _REGISTER:
                return
            await self.accounts.register(self.account)
        if used & _OF_A_USER and not self.account.token:
            await self.accounts.sign_in(self.account)

    def _used(self, call: AppCall) -> set[str]:
        identity = self.app.identity_of(call)
        given = (identity.sends, identity.sometimes, call.sends, call.sometimes)
        texts = [value for group in given for value in group.values() if isinstance(value, str)]
        return {name for text in texts for name in _PLACEHOLDER.findall(text)}

    def _variants(self, call: AppCall) -> Iterator[tuple[Mapping[str, Sent], str]]:
        """Yield the parameters: those that are always sent, where the call has such a form, then all."""
        identity = self.app.identity_of(call)
        always = {**identity.sends, **call.sends}
        sometimes = {**identity.sometimes, **call.sometimes}
        if self.app.has_short_form(call):
            yield self._fill(call, always), f" (without {', '.join(sometimes)})"
        optional = {name: value for name, value in self._fill(call, sometimes).items() if value != ""}
        yield {**self._fill(call, always), **optional}, ""

    def _fill(self, call: AppCall, params: Mapping[str, Sent]) -> dict[str, Sent]:
        """Return the parameters with what the placeholders stand for; a number stays one in JSON."""
        values = self._values()
        if "ts" in call.sends or "hash" in call.sends:
            plain = {name: _replace(value, values) for name, value in call.sends.items()}
            values["signature"] = self.account.sign(plain)
            values["unkeyedSignature"] = md5_of(f"{self.account.username}{plain.get('tag', '')}{plain.get('hash', '')}")
        filled = {name: _replace(value, values) for name, value in params.items()}
        if params.get("appId") == "{sdkAppId}" and call.form.has_json:
            filled["appId"] = self.account.sdk_app_id
        return filled

    def _values(self) -> dict[str, str]:
        account, contact = self.account, self._contact or ContactCode("", "")
        return {
            "username": account.username,
            "salt": account.salt,
            "ts": self.accounts.now(),
            "wrongSignature": md5_of("wrong"),
            "userId": account.user,
            "token": account.token,
            "badToken": BAD_TOKEN,
            "sdkAppId": str(account.sdk_app_id),
            "roomId": account.user,
            "otherUser": self.around.other.user,
            "otherRoom": self.around.other_room,
            "unknownRoom": self.around.unknown_room,
            "phone": contact.contact if contact.is_phone else "",
            "email": "" if contact.is_phone else contact.contact,
            "code": contact.code,
            "wrongCode": _other_code(contact.code),
            **self._kept,
        }

    async def _judge(self, call: AppCall, values: Mapping[str, Sent]) -> tuple[Judgement, ServiceAnswer | None]:
        path = self.app.path_of(call)
        self._expect(call, values)
        try:
            if blocked := await self._blocked_by_browser(call, path):
                return Judgement([blocked]), None
            answer = await self.sender.send(call.form, path, values, as_page=self.app.browser)
        except NoServiceAnswer as problem:
            if call.opens:
                self._cannot_open = True
            return self._without_answer(call, problem), None
        check_open(answer)
        wanted = _replace(call.holds, self._values()) if call.holds else ""
        judge = AnswerJudge(self.app, call, answer, str(wanted), self.sender.origin if self.app.browser else "")
        judged = judge.judge()
        if call.uses_code and not call.asks_code and answer.code == 0 and self._contact:
            await self.accounts.log_out(answer, self._contact.contact)
        changed = self._note(call, answer, values)
        return (Judgement([*judged.problems, changed]) if changed else judged), answer

    def _expect(self, call: AppCall, values: Mapping[str, Sent]) -> None:
        """Note what the call may make, so that it is removed even if the run is cut short before the answer."""
        room = str(values.get("roomId", ""))
        if call.path == _REGISTER:
            self.account.may_exist = True
        elif call.ends == "account":
            self.account.may_be_gone = True
        elif call.path == _ENTER and room != self.around.other_room:
            self.account.rooms.add(room)

    def _without_answer(self, call: AppCall, problem: NoServiceAnswer) -> Judgement:
        if call.codes == "any" and not self.app.needs_of(call):
            return Judgement()
        return Judgement([AppProblem("", self.app.behaviour(call, AppFailure.LATE), str(problem))])

    async def _blocked_by_browser(self, call: AppCall, path: str) -> AppProblem | None:
        """Return why a browser would not send the page's call: JSON needs a preflight that allows it."""
        if not (self.app.browser and call.form is AppForm.POST_JSON) or path in self._asked:
            return None
        self._asked.add(path)
        answer = await self.sender.preflight(path)
        lets_in = answer.allows_origin in ("*", self.sender.origin)
        if (
            200 <= answer.status < 300
            and lets_in
            and re.search(r"\*|content-type", answer.allows_headers, re.IGNORECASE)
        ):
            return None
        fact = f"the browser does not send it: the answer to its preflight (OPTIONS, HTTP {answer.status}) does not "
        fact += "allow Content-Type" if lets_in else f"allow pages of {self.sender.origin}"
        return AppProblem("preflight", self.app.behaviour(call, AppFailure.HTTP), fact)

    def _note(self, call: AppCall, answer: ServiceAnswer, values: Mapping[str, Sent]) -> AppProblem | None:
        """Take over what the call changed; return a problem if the account has become another user."""
        is_done, before = answer.code == 0, self.account.user
        room = str(values.get("roomId", ""))
        if (call.closes and is_done) or (room == self.around.unknown_room and not is_done):
            self.account.rooms.discard(room)
        if call.path == _REGISTER and is_done:
            self.account.is_registered = True
        if call.opens:
            self._cannot_open = not is_done
        if is_done:
            self._keep(call, answer)
        if call.ends:
            self.account.token = ""
            self.account.is_deleted = self.account.is_deleted or (call.ends == "account" and is_done)
        if before and self.account.user != before:
            fact = f"the account was user {before}, and is user {self.account.user} now"
            return AppProblem("data.userId", "loses everything its user had", fact)
        return None

    def _keep(self, call: AppCall, answer: ServiceAnswer) -> None:
        if "token" in call.keeps:
            self.account.take_login(answer)
        for name, place in call.keeps.items():
            value = answer.value(place)
            if isinstance(value, str | int) and name not in ("userId", "token", "sdkAppId"):
                self._kept[name] = str(value)
                if name.endswith(("roomId", "Room")):
                    self.account.rooms.add(str(value))

    def _told(self, call: AppCall, judged: Judgement, answer: ServiceAnswer | None, left_out: str) -> PlayedCall:
        code = answer.code if answer else None
        expects_any = isinstance(call.codes, str)
        if code == _LIMITED and not expects_any:
            return self._result(
                call, CallVerdict.NOT_TRIED, ["What the service limits (code 3004): go slower, with --pace, or later."]
            )
        if call.asks_code and code and not _is_unreadable(judged):
            self._kept.pop("sessionId", None)
            said = quote(str(answer.value("errorMessage"))) if answer else ""
            reason = f"Signing in by code: no code was sent, the answer is code {code} ({said})."
            return self._result(call, CallVerdict.NOT_TRIED, [reason])
        if judged.problems:
            sentences = [self._sentence(call, problem, left_out) for problem in judged.problems]
            if call.unused:
                noted = [f"{sentence} No release makes this call." for sentence in sentences]
                return self._result(call, CallVerdict.LIMITED, noted, answer=answer)
            return self._result(call, CallVerdict.BREAKS, sentences, problems=judged.problems, answer=answer)
        if judged.limits and not call.unused:
            return self._result(call, CallVerdict.LIMITED, judged.limits, answer=answer)
        return self._result(call, CallVerdict.WORKS, (), answer=answer)

    def _result(
        self,
        call: AppCall,
        verdict: CallVerdict,
        sentences: Sequence[str],
        *,
        problems: Sequence[AppProblem] = (),
        answer: ServiceAnswer | None = None,
    ) -> PlayedCall:
        return PlayedCall(self.app, call, verdict, sentences, problems, answer)

    def _sentence(self, call: AppCall, problem: AppProblem, left_out: str) -> str:
        when = f"{call.does}{left_out}".removesuffix(",")
        return f"{self.app.name} {problem.happens} when it {when}: {problem.fact}."


def _replace(value: Sent, values: Mapping[str, str]) -> Sent:
    if not isinstance(value, str):
        return value
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), value)


def _other_code(code: str) -> str:
    """Return a code of the same length that is another one."""
    return f"{code[:-1]}{'0' if code.endswith('1') else '1'}" if code else ""


def _is_unreadable(judged: Judgement) -> bool:
    return any(problem.place != "errorCode" for problem in judged.problems)
