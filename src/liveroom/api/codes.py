"""The wire numbers of every answer, their names, and which failure has which number (API.md)."""

from enum import IntEnum
from typing import Final

from liveroom.domain import errors
from liveroom.domain.activities import failures as activities
from liveroom.domain.agencies import failures as agencies
from liveroom.domain.battles import failures as battles
from liveroom.domain.envelopes import failures as envelopes
from liveroom.domain.errors import Failure
from liveroom.domain.follows import failures as follows
from liveroom.domain.gifts.failures import ChargeOpen, ChargeRefused, ChargeReversed, GiftNotOffered, PriceChanged
from liveroom.domain.ledger import failures as money
from liveroom.domain.music import failures as music
from liveroom.domain.operators import failures
from liveroom.domain.protection import failures as protection
from liveroom.domain.receipts import failures as receipts
from liveroom.domain.recordings import failures as recordings
from liveroom.domain.settlement import failures as settlement
from liveroom.domain.streams import failures as streams
from liveroom.domain.uploads import failures as uploads


class Code(IntEnum):
    """What ``errorCode`` may say. The names are the wire's ``codeStr``: promises, spelling included."""

    Success = 0
    SystemVerifyError = 98
    SystemError = 99
    ServiceUnavailable = 100
    ServiceResponseInvalid = 101
    ServiceSmsFailed = 102
    ServiceDBFailed = 103
    ServiceUnknownError = 104
    Maintenance = 120
    UserCodeInvalid = 200
    UserCodeExpired = 201
    UserCodeConsumed = 202
    UserTokenExpired = 203
    UserTokenInvalid = 204
    UseInfoEmpty = 205
    UserNotExists = 206
    UserEmailInvalid = 207
    UserQueryParams = 208
    UserQueryLimit = 209
    UserOAuthParams = 210
    RoomCreateParams = 2000
    RoomDestroyParams = 2001
    RoomQueryParams = 2002
    RoomLeaveParams = 2003
    RoomNotExists = 2004
    RoomStarInvalid = 2005
    PermissionDenied = 3000
    RoomFull = 3001
    UserBanned = 3002
    UserMuted = 3003
    RateLimited = 3004
    QuotaExceeded = 3005
    RoomPasswordInvalid = 3006
    NotInRoom = 3007
    NotOffered = 3008
    StaleVersion = 3009
    ContentRefused = 3010
    MessageNotExists = 3011
    RequestNotExists = 3012
    NotSeated = 3013
    ReportNotExists = 3014
    RoomPasswordRequired = 3015
    ConfirmationRequired = 3016
    SecondFactorRequired = 3017
    SignInTooOld = 3018
    FollowersOnly = 3019
    UploadNotExists = 3030
    UploadMissing = 3031
    UploadRefused = 3032
    RoomConnected = 3040
    ConnectionFull = 3041
    NotConnected = 3042
    RoomBattling = 3060
    BattleNotExists = 3061
    ConsentRequired = 3062
    BattleLimit = 3063
    KeyReused = 3050
    BalanceTooLow = 3051
    AccountFrozen = 3053
    ApprovalRequired = 3054
    JournalNotExists = 3055
    GiftNotOffered = 3052
    PayoutNotExists = 3056
    PayoutEnded = 3057
    AccountOwing = 3058
    PeriodRunning = 3070
    AgencyNotExists = 3071
    AgencyJoined = 3072
    InvitationNotExists = 3073
    AgencyNotJoined = 3074
    StatementNotExists = 3075
    AdultsOnly = 3084
    CannotReceive = 3085
    NoPayouts = 3086
    ChargeOpen = 3090
    ChargeReversed = 3091
    ReceiptInvalid = 3092
    ReceiptOfOtherApp = 3093
    ReceiptOfTest = 3094
    ReceiptOfOtherUser = 3095
    ReceiptRefunded = 3096
    ReceiptPending = 3097
    ProductNotOffered = 3098
    EnvelopeNotExists = 3077
    EnvelopeNotOpen = 3078
    EnvelopeOver = 3079
    NotEligible = 3080
    TooManyEnvelopes = 3081
    StreamNotExists = 3110
    RecordingNotExists = 3120
    RoomRecorded = 3121
    ActivityNotExists = 3130
    TooManyActivities = 3131
    ActivityOver = 3132
    ActivityRefuses = 3133
    SongNotExists = 3140
    SongQueued = 3141
    TooManySongs = 3142
    SongNotPlaying = 3143
    QuestionNotExists = 3150
    QuestionAsked = 3151
    TooManyQuestions = 3152
    SeatNotExists = 4000
    SeatIdNotExists = 4002
    SeatModeInvalid = 4100
    SeatNumInvalid = 4101
    SeatMuteInvalid = 4102
    SeatLockInvalid = 4103
    SeatOccupied = 4200
    SeatLocked = 4201


FAILURE_CODES: Final[dict[type[Failure], Code]] = {
    errors.CredentialsMissing: Code.SystemVerifyError,
    errors.NameTaken: Code.SystemVerifyError,
    errors.ContactTaken: Code.SystemVerifyError,
    errors.CodeInvalid: Code.UserCodeInvalid,
    errors.CodeExpired: Code.UserCodeExpired,
    errors.CodeConsumed: Code.UserCodeConsumed,
    errors.CredentialsWrong: Code.SystemVerifyError,
    failures.SignInRefused: Code.SystemVerifyError,
    failures.ConsoleSessionMissing: Code.UserTokenInvalid,
    failures.SecondFactorRequired: Code.SecondFactorRequired,
    failures.SecondFactorMissing: Code.SecondFactorRequired,
    failures.ConfirmationRequired: Code.ConfirmationRequired,
    failures.LinkSpent: Code.UserCodeExpired,
    failures.SignInExpired: Code.UserCodeExpired,
    failures.CompanyRefused: Code.PermissionDenied,
    failures.ForeignPage: Code.PermissionDenied,
    failures.HttpsMissing: Code.PermissionDenied,
    failures.NotOnThisMachine: Code.PermissionDenied,
    failures.PermissionMissing: Code.PermissionDenied,
    failures.TenantForbidden: Code.PermissionDenied,
    failures.GrantsMore: Code.PermissionDenied,
    failures.LastAdministrator: Code.PermissionDenied,
    failures.OperatorNotFound: Code.UserNotExists,
    errors.SignatureRefused: Code.UserOAuthParams,
    errors.TokenExpired: Code.UserTokenExpired,
    errors.SignInTooOld: Code.SignInTooOld,
    errors.TokenInvalid: Code.UserTokenInvalid,
    errors.TokenOfAnother: Code.UserTokenInvalid,
    errors.SessionBanned: Code.UserTokenInvalid,
    errors.OtherUser: Code.SystemVerifyError,
    errors.ServerKeyUnknown: Code.UserTokenInvalid,
    errors.ServerKeyRevoked: Code.UserTokenInvalid,
    errors.ServerKeyExpired: Code.UserTokenInvalid,
    errors.ServerKeyElsewhere: Code.UserTokenInvalid,
    errors.ActsForAnother: Code.UserTokenInvalid,
    errors.ProfileEmpty: Code.UseInfoEmpty,
    errors.UserNotFound: Code.UserNotExists,
    errors.MemberNotFound: Code.UserNotExists,
    errors.EmailInvalid: Code.UserEmailInvalid,
    errors.SearchInvalid: Code.UserQueryParams,
    errors.QueryLimited: Code.UserQueryLimit,
    errors.RoomNotFound: Code.RoomNotExists,
    errors.RoomConcealed: Code.RoomNotExists,
    errors.RoomForbidden: Code.RoomNotExists,
    errors.PermissionDenied: Code.PermissionDenied,
    errors.UserRefuses: Code.PermissionDenied,
    errors.UserBlocked: Code.PermissionDenied,
    errors.ServerKeyMissing: Code.PermissionDenied,
    errors.ServerKeyExposed: Code.PermissionDenied,
    errors.ScopeMissing: Code.PermissionDenied,
    errors.CallUnsigned: Code.PermissionDenied,
    errors.HookRefused: Code.PermissionDenied,
    errors.RoomFull: Code.RoomFull,
    errors.UserBanned: Code.UserBanned,
    errors.RoomBanned: Code.UserBanned,
    errors.AddressBanned: Code.UserBanned,
    errors.UserMuted: Code.UserMuted,
    errors.RoomMuted: Code.UserMuted,
    follows.FollowersOnly: Code.FollowersOnly,
    follows.SeatsForFollowers: Code.FollowersOnly,
    errors.RoomUnnamed: Code.PermissionDenied,
    errors.StillBanned: Code.PermissionDenied,
    errors.PasswordWrong: Code.RoomPasswordInvalid,
    errors.PasswordMissing: Code.RoomPasswordRequired,
    errors.ContentRefused: Code.ContentRefused,
    errors.TextRefused: Code.ContentRefused,
    errors.MessageNotFound: Code.MessageNotExists,
    errors.LikesInvalid: Code.RoomStarInvalid,
    errors.StaleVersion: Code.StaleVersion,
    errors.SeatsMissing: Code.SeatNotExists,
    errors.SeatNotFound: Code.SeatIdNotExists,
    errors.SeatModeWrong: Code.SeatModeInvalid,
    errors.SeatModeUnknown: Code.SeatModeInvalid,
    errors.SeatOccupied: Code.SeatOccupied,
    errors.AlreadySeated: Code.SeatOccupied,
    errors.SeatLocked: Code.SeatLocked,
    errors.SeatMuteInvalid: Code.SeatMuteInvalid,
    errors.NotSeated: Code.NotSeated,
    errors.RequestNotFound: Code.RequestNotExists,
    errors.AlreadyConnected: Code.RoomConnected,
    errors.ConnectionFull: Code.ConnectionFull,
    errors.NotConnected: Code.NotConnected,
    battles.RoomBattling: Code.RoomBattling,
    battles.BattleNotFound: Code.BattleNotExists,
    battles.ConsentRequired: Code.ConsentRequired,
    battles.BattleLimitReached: Code.BattleLimit,
    errors.ReportNotFound: Code.ReportNotExists,
    errors.StatementNotFound: Code.ReportNotExists,
    money.KeyReused: Code.KeyReused,
    money.AlreadyReversed: Code.KeyReused,
    money.BalanceTooLow: Code.BalanceTooLow,
    money.BalanceTooHigh: Code.QuotaExceeded,
    money.AccountFrozen: Code.AccountFrozen,
    money.ApprovalRequired: Code.ApprovalRequired,
    money.ApprovalNotFound: Code.RequestNotExists,
    money.ApprovalRefused: Code.PermissionDenied,
    money.OwnApproval: Code.PermissionDenied,
    money.JournalNotFound: Code.JournalNotExists,
    uploads.UploadNotFound: Code.UploadNotExists,
    uploads.UploadMissing: Code.UploadMissing,
    uploads.UploadRefused: Code.UploadRefused,
    uploads.UploadForbidden: Code.UploadRefused,
    money.AccountNotFound: Code.JournalNotExists,
    money.PayoutNotFound: Code.PayoutNotExists,
    money.PayoutOver: Code.PayoutEnded,
    money.AccountOwing: Code.AccountOwing,
    settlement.PeriodRunning: Code.PeriodRunning,
    settlement.AccountStatementNotFound: Code.StatementNotExists,
    agencies.AgencyNotFound: Code.AgencyNotExists,
    agencies.AgencyJoined: Code.AgencyJoined,
    agencies.InvitationNotFound: Code.InvitationNotExists,
    agencies.AgencyNotJoined: Code.AgencyNotJoined,
    protection.AdultsOnly: Code.AdultsOnly,
    protection.CannotReceive: Code.CannotReceive,
    protection.NoPayouts: Code.NoPayouts,
    protection.CapReached: Code.QuotaExceeded,
    errors.RateLimited: Code.RateLimited,
    errors.SlowMode: Code.RateLimited,
    errors.QuotaExceeded: Code.QuotaExceeded,
    errors.TooManyRooms: Code.QuotaExceeded,
    errors.NotInRoom: Code.NotInRoom,
    errors.DeviceRefused: Code.PermissionDenied,
    errors.NotOffered: Code.NotOffered,
    GiftNotOffered: Code.GiftNotOffered,
    ChargeOpen: Code.ChargeOpen,
    ChargeReversed: Code.ChargeReversed,
    ChargeRefused: Code.PermissionDenied,
    receipts.ReceiptInvalid: Code.ReceiptInvalid,
    receipts.ReceiptOfOtherApp: Code.ReceiptOfOtherApp,
    receipts.ReceiptOfTest: Code.ReceiptOfTest,
    receipts.ReceiptOfOtherUser: Code.ReceiptOfOtherUser,
    receipts.ReceiptRefunded: Code.ReceiptRefunded,
    receipts.ReceiptPending: Code.ReceiptPending,
    receipts.ProductNotOffered: Code.ProductNotOffered,
    envelopes.EnvelopeNotFound: Code.EnvelopeNotExists,
    recordings.RecordingNotFound: Code.RecordingNotExists,
    recordings.RoomRecorded: Code.RoomRecorded,
    envelopes.EnvelopeNotOpen: Code.EnvelopeNotOpen,
    envelopes.EnvelopeOver: Code.EnvelopeOver,
    envelopes.NotEligible: Code.NotEligible,
    envelopes.TooManyEnvelopes: Code.TooManyEnvelopes,
    streams.StreamNotFound: Code.StreamNotExists,
    activities.ActivityNotFound: Code.ActivityNotExists,
    activities.TooManyActivities: Code.TooManyActivities,
    activities.ActivityOver: Code.ActivityOver,
    activities.ActivityRefuses: Code.ActivityRefuses,
    activities.QuestionNotFound: Code.QuestionNotExists,
    activities.QuestionAsked: Code.QuestionAsked,
    activities.TooManyQuestions: Code.TooManyQuestions,
    music.SongNotFound: Code.SongNotExists,
    music.SongQueued: Code.SongQueued,
    music.TooManySongs: Code.TooManySongs,
    music.SongNotPlaying: Code.SongNotPlaying,
    PriceChanged: Code.StaleVersion,
    errors.UnknownPath: Code.SystemError,
    errors.Maintenance: Code.Maintenance,
    errors.LiveUnavailable: Code.ServiceUnavailable,
    errors.DatabaseUnavailable: Code.ServiceDBFailed,
    errors.ProviderUnavailable: Code.ServiceUnavailable,
    errors.ProviderNonsense: Code.ServiceResponseInvalid,
    errors.SmsFailed: Code.ServiceSmsFailed,
    errors.EmailFailed: Code.ServiceUnknownError,
    errors.KeyMissing: Code.ServiceUnavailable,
}
"""Every failure but ``BadRequest``, whose number each method declares for itself."""


def code_of(failure: Failure, bad_request: Code) -> Code:
    """Return the wire number of a failure; ``bad_request`` is the method's own for what it cannot understand.

    A failure that a store refines for itself has the number of the one that it refines.
    """
    return next((FAILURE_CODES[kind] for kind in type(failure).__mro__ if kind in FAILURE_CODES), bad_request)
