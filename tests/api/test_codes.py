"""The numbers of the wire: every failure has one, every number a name and a sentence in both languages."""

import re

import pytest

from liveroom.api.codes import FAILURE_CODES, Code, code_of
from liveroom.api.sentences import message, sentence
from liveroom.domain.errors import (
    BadRequest,
    Failure,
    LiveUnavailable,
    Refused,
    RoomNotFound,
    StaleVersion,
    Unavailable,
)
from liveroom.domain.tenants.model import Language
from tests.domain.test_errors import every

# API.md, Error codes: as the contract prints them; from 3016 on those of the console, from 3030 on those of uploads,
# from 3050 on those of money, from 3120 on those of activities.
CONTRACT = """0 Success · 98 SystemVerifyError · 99 SystemError · 100 ServiceUnavailable · 101 ServiceResponseInvalid ·
102 ServiceSmsFailed · 103 ServiceDBFailed · 104 ServiceUnknownError · 120 Maintenance · 200 UserCodeInvalid ·
201 UserCodeExpired · 202 UserCodeConsumed · 203 UserTokenExpired · 204 UserTokenInvalid · 205 UseInfoEmpty ·
206 UserNotExists · 207 UserEmailInvalid · 208 UserQueryParams · 209 UserQueryLimit · 210 UserOAuthParams ·
2000 RoomCreateParams · 2001 RoomDestroyParams · 2002 RoomQueryParams · 2003 RoomLeaveParams · 2004 RoomNotExists ·
2005 RoomStarInvalid · 3000 PermissionDenied · 3001 RoomFull · 3002 UserBanned · 3003 UserMuted · 3004 RateLimited ·
3005 QuotaExceeded · 3006 RoomPasswordInvalid · 3007 NotInRoom · 3008 NotOffered · 3009 StaleVersion ·
3010 ContentRefused · 3011 MessageNotExists · 3012 RequestNotExists · 3013 NotSeated · 3014 ReportNotExists ·
3015 RoomPasswordRequired · 3016 ConfirmationRequired · 3017 SecondFactorRequired · 3018 SignInTooOld ·
3019 FollowersOnly ·
3040 RoomConnected · 3041 ConnectionFull · 3042 NotConnected ·
3060 RoomBattling · 3061 BattleNotExists · 3062 ConsentRequired · 3063 BattleLimit ·
3050 KeyReused · 3051 BalanceTooLow · 3053 AccountFrozen · 3054 ApprovalRequired · 3055 JournalNotExists ·
3030 UploadNotExists · 3031 UploadMissing · 3032 UploadRefused ·
3052 GiftNotOffered ·
3056 PayoutNotExists · 3057 PayoutEnded · 3058 AccountOwing ·
3070 PeriodRunning · 3071 AgencyNotExists · 3072 AgencyJoined · 3073 InvitationNotExists · 3074 AgencyNotJoined ·
3075 StatementNotExists · 3077 EnvelopeNotExists · 3078 EnvelopeNotOpen · 3079 EnvelopeOver · 3080 NotEligible ·
3081 TooManyEnvelopes · 3084 AdultsOnly · 3085 CannotReceive · 3086 NoPayouts ·
3090 ChargeOpen · 3091 ChargeReversed ·
3092 ReceiptInvalid · 3093 ReceiptOfOtherApp · 3094 ReceiptOfTest · 3095 ReceiptOfOtherUser ·
3096 ReceiptRefunded · 3097 ReceiptPending · 3098 ProductNotOffered ·
3110 StreamNotExists ·
3120 RecordingNotExists · 3121 RoomRecorded ·
3130 ActivityNotExists · 3131 TooManyActivities · 3132 ActivityOver · 3133 ActivityRefuses ·
3140 SongNotExists · 3141 SongQueued · 3142 TooManySongs · 3143 SongNotPlaying ·
3150 QuestionNotExists · 3151 QuestionAsked · 3152 TooManyQuestions ·
4000 SeatNotExists · 4002 SeatIdNotExists · 4100 SeatModeInvalid · 4101 SeatNumInvalid · 4102 SeatMuteInvalid ·
4103 SeatLockInvalid · 4200 SeatOccupied · 4201 SeatLocked"""
NEVER_SENT = (211, 2006, -1, -2)
ROOTS = (Failure, Refused, Unavailable, BadRequest)


def test_numbers_and_names_are_those_of_the_contract() -> None:
    assert {f"{int(code)} {code.name}" for code in Code} == set(re.split(r"\s*·\s*", CONTRACT))
    assert not set(NEVER_SENT) & set(Code)


@pytest.mark.parametrize("kind", [kind for kind in every() if kind not in ROOTS], ids=lambda kind: kind.__name__)
def test_every_failure_has_a_number(kind: type[Failure]) -> None:
    assert kind in FAILURE_CODES
    assert code_of(kind({}) if issubclass(kind, StaleVersion) else kind(), Code.RoomLeaveParams) is FAILURE_CODES[kind]


@pytest.mark.parametrize(
    ("refined", "code"),
    [(LiveUnavailable, Code.ServiceUnavailable), (BadRequest, Code.RoomLeaveParams)],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_failure_that_an_adapter_refines_keeps_its_number(refined: type[Failure], code: Code) -> None:
    """A script that Redis refused was answered with the method's parameter code, at a logout even with 0."""
    assert code_of(type("Refined", (refined,), {})(), Code.RoomLeaveParams) is code


def test_a_bad_request_has_the_methods_own_number() -> None:
    assert code_of(BadRequest("x"), Code.RoomLeaveParams) is Code.RoomLeaveParams


@pytest.mark.parametrize("code", Code, ids=lambda code: code.name)
def test_every_number_has_a_sentence_in_both_languages(code: Code) -> None:
    chinese, english = sentence(code, Language.ZH), sentence(code, Language.EN)
    assert re.search("[一-鿿]", chinese)
    assert english.isascii()
    assert len(english) > 1


def test_each_sentence_is_said_for_one_number_only() -> None:
    for language in Language:
        said = [sentence(code, language) for code in Code]
        assert len(said) == len(set(said))


def test_a_number_is_sent_by_a_failure_or_by_a_parameter() -> None:
    parameters = {Code.RoomCreateParams, Code.RoomDestroyParams, Code.RoomQueryParams, Code.RoomLeaveParams}
    parameters |= {Code.SeatNumInvalid, Code.SeatLockInvalid}
    assert set(FAILURE_CODES.values()) | parameters | {Code.Success} == set(Code)


def test_a_detail_stands_in_brackets_of_the_language() -> None:
    assert message(Code.RoomNotExists, Language.EN, "") == sentence(Code.RoomNotExists, Language.EN)
    assert message(Code.RoomCreateParams, Language.EN, "limit: 1 to 100").endswith(" (limit: 1 to 100)")
    assert message(Code.RoomCreateParams, Language.ZH, "limit: 1 to 100").endswith("（limit: 1 to 100）")


def test_a_failure_is_numbered_by_its_class_and_not_by_its_text() -> None:
    assert code_of(RoomNotFound("anything"), Code.SystemVerifyError) is Code.RoomNotExists
