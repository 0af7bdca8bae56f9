"""What people are told: a sentence for each code, in Chinese and English, and for failures that say more than that."""

from datetime import datetime
from typing import Final

from liveroom.api.codes import Code
from liveroom.domain import errors
from liveroom.domain.accounts.users import FOR_EVER
from liveroom.domain.errors import BadRequest, Failure
from liveroom.domain.follows.failures import SeatsForFollowers
from liveroom.domain.gifts.failures import PriceChanged
from liveroom.domain.ledger import failures as money
from liveroom.domain.operators import failures
from liveroom.domain.protection import failures as protection
from liveroom.domain.tenants.model import Language
from liveroom.domain.uploads.failures import UploadRefused

_SENTENCES: Final[dict[Code, tuple[str, str]]] = {
    Code.Success: ("成功", "ok"),
    Code.SystemVerifyError: ("账号、签名或参数不正确，请检查后重试", "wrong account, signature or parameter"),
    Code.SystemError: (
        "接口不存在，或服务内部错误；请检查地址或稍后再试",
        "no such method, or an internal error: check the URL, or try again later",
    ),
    Code.ServiceUnavailable: ("服务暂时不可用，请稍后再试", "the service is temporarily unavailable: try again"),
    Code.ServiceResponseInvalid: (
        "上游服务返回异常，请稍后再试",
        "an upstream service sent an invalid response: try again",
    ),
    Code.ServiceSmsFailed: ("短信发送失败，请稍后再试", "the text message could not be sent: try again"),
    Code.ServiceDBFailed: ("数据库暂时不可用，请稍后再试", "the database is temporarily unavailable: try again"),
    Code.ServiceUnknownError: ("邮件发送失败，请稍后再试", "the e-mail could not be sent: try again"),
    Code.Maintenance: ("系统维护中，请稍后再来", "down for maintenance: please come back later"),
    Code.UserCodeInvalid: ("验证码错误", "wrong code"),
    Code.UserCodeExpired: ("验证码已过期，请重新获取", "the code has expired: request a new one"),
    Code.UserCodeConsumed: ("验证码已失效，请重新获取", "the code can't be used any more: request a new one"),
    Code.UserTokenExpired: ("登录已过期，请重新登录", "your login has expired: sign in again"),
    Code.UserTokenInvalid: ("登录已失效，请重新登录", "your login is no longer valid: sign in again"),
    Code.UseInfoEmpty: ("没有要修改的内容", "nothing to update"),
    Code.UserNotExists: ("用户不存在", "no such user"),
    Code.UserEmailInvalid: ("邮箱地址不正确", "invalid e-mail address"),
    Code.UserQueryParams: ("查询用户的参数不正确", "invalid user search"),
    Code.UserQueryLimit: ("查询过于频繁，请稍后再试", "too many user searches: wait a minute"),
    Code.UserOAuthParams: (
        "签名已失效，请检查手机时间后重新登录",
        "the signature has expired or was already used: check the clock and sign in again",
    ),
    Code.RoomCreateParams: ("房间参数不正确", "invalid room parameters"),
    Code.RoomDestroyParams: ("关闭房间的参数不正确", "invalid parameters for closing a room"),
    Code.RoomQueryParams: ("查询参数不正确", "invalid query parameters"),
    Code.RoomLeaveParams: ("离开房间的参数不正确", "invalid parameters for leaving a room"),
    Code.RoomNotExists: ("房间不存在或已结束", "no such room, or it has ended"),
    Code.RoomStarInvalid: ("点赞数不正确", "invalid number of likes"),
    Code.PermissionDenied: ("没有权限", "you don't have permission to do this"),
    Code.RoomFull: ("房间已满", "the room is full"),
    Code.UserBanned: ("账号已被封禁", "this account is banned"),
    Code.UserMuted: ("你已被禁言", "you are muted"),
    Code.RateLimited: ("操作过于频繁，请稍后再试", "too many attempts: try again later"),
    Code.QuotaExceeded: ("已达到数量上限", "the limit has been reached"),
    Code.RoomPasswordInvalid: ("房间密码错误", "wrong room password"),
    Code.RoomPasswordRequired: ("此房间需要密码", "this room requires a password"),
    Code.ConfirmationRequired: ("请再次输入密码以确认", "give your password again to confirm this"),
    Code.SecondFactorRequired: ("请输入第二因素验证码", "a code of your second factor is required"),
    Code.SignInTooOld: ("请重新登录后再试", "sign in again first"),
    Code.FollowersOnly: (
        "仅粉丝可发言，请先关注主播",
        "only followers of the host can write in this room: follow the host to speak",
    ),
    Code.RoomConnected: ("房间已与其他房间连线", "the room is already connected with others"),
    Code.ConnectionFull: ("连线房间数已满", "the connection has as many rooms as it may have"),
    Code.StreamNotExists: ("推流不存在", "the stream does not exist"),
    Code.NotConnected: ("房间未在连线中", "the room is not connected"),
    Code.RoomBattling: (
        "房间正在 PK 或已有待处理的 PK 邀请",
        "a room is in a battle, or an invitation of it is still open",
    ),
    Code.BattleNotExists: ("没有进行中的 PK", "there is no such battle"),
    Code.ConsentRequired: ("对方未开启免确认 PK，请先邀请", "a room has to be asked first: invite it to a battle"),
    Code.BattleLimit: (
        "当前时段的 PK 次数已达上限",
        "the account has had as many battles as it may have in these hours",
    ),
    Code.NotInRoom: ("你不在房间中", "you are not in the room"),
    Code.GiftNotOffered: ("礼物不存在或暂时不能赠送", "there is no such gift, or it cannot be sent now"),
    Code.ChargeOpen: ("上一份礼物仍在结算，请稍后再试", "your last gift is still being settled: try again in a moment"),
    Code.ChargeReversed: (
        "礼物未送出，也未扣款，请重新赠送",
        "the gift was not sent and costs nothing: send it again, with a new key",
    ),
    Code.ReceiptInvalid: ("购买凭证无效", "the store does not vouch for this purchase"),
    Code.ReceiptOfOtherApp: ("此购买属于其他应用", "this was bought in another app"),
    Code.ReceiptOfTest: ("测试购买不计入金币", "this was bought for a test, and brings no coins here"),
    Code.ReceiptOfOtherUser: ("此购买属于其他账号", "this was bought for another account"),
    Code.ReceiptRefunded: ("此购买已退款", "the store has refunded this purchase"),
    Code.ReceiptPending: ("此购买尚未付款，请稍后再试", "this purchase is not paid yet: try again once it is"),
    Code.ProductNotOffered: ("此商品不兑换金币", "no coins are sold by this product"),
    Code.RecordingNotExists: ("录制不存在", "no such recording"),
    Code.RoomRecorded: ("房间的录制正在结束", "the recording of the room is about to end: try again soon"),
    Code.EnvelopeNotExists: ("红包不存在", "no such red envelope"),
    Code.EnvelopeNotOpen: ("红包尚未开抢", "the red envelope is not open yet"),
    Code.EnvelopeOver: ("红包已抢完或已结束", "the red envelope is over: nothing of it is left to grab"),
    Code.NotEligible: ("你不符合领取此红包的条件", "this red envelope is for others"),
    Code.TooManyEnvelopes: (
        "房间内进行中的红包已达上限，请稍后再发",
        "the room has as many red envelopes as it may have at once: wait until one is over",
    ),
    Code.ActivityNotExists: ("活动不存在", "no such activity"),
    Code.TooManyActivities: (
        "房间内已有进行中的同类活动，请先结束它",
        "the room has such an activity already: end that one first",
    ),
    Code.ActivityOver: ("活动已结束或已停止投票", "the activity is over, or takes no more votes"),
    Code.ActivityRefuses: ("活动规则不允许此操作", "the activity does not allow that"),
    Code.SongNotExists: ("歌曲不存在或已不在队列中", "there is no such song, or it is not in the queue any more"),
    Code.SongQueued: ("这首歌已在队列中", "the song is in the queue already"),
    Code.TooManySongs: (
        "点歌或合唱人数已达上限",
        "as many songs wait, or people sing along, as may: wait for your turn",
    ),
    Code.SongNotPlaying: ("这首歌当前未在播放", "this song is not the one that plays"),
    Code.QuestionNotExists: ("提问不存在或已不在等待回答", "there is no such question, or it waits no longer"),
    Code.QuestionAsked: ("已有人问过这个问题，请为它点赞", "somebody has asked that already: vote for it"),
    Code.TooManyQuestions: (
        "等待回答的提问已达上限",
        "as many questions wait as may: ask again once one is answered",
    ),
    Code.NotOffered: ("此服务未开放该功能", "this service does not offer that feature"),
    Code.StaleVersion: ("内容已被他人修改，请刷新后重试", "somebody else has changed this: reload and try again"),
    Code.ContentRefused: (
        "内容包含不允许的词语，请修改后重试",
        "this contains words that are not allowed here: change it and try again",
    ),
    Code.MessageNotExists: ("消息不存在", "no such message in this room"),
    Code.RequestNotExists: ("申请或邀请已失效", "the application or invitation is no longer open"),
    Code.NotSeated: ("不在麦位上", "not in a seat"),
    Code.ReportNotExists: ("举报不存在", "no such report"),
    Code.UploadNotExists: (
        "上传不存在或已过期，请重新上传",
        "no such upload, or its time is over: upload the file again",
    ),
    Code.UploadMissing: ("文件尚未上传完成", "the file has not arrived: send it first"),
    Code.UploadRefused: ("此文件不能使用，请换一个", "this file cannot be used: choose another"),
    Code.KeyReused: (
        "此 key 已用于其他请求，请换一个新的 key",
        "this key was used for something else: take a new key for each new request",
    ),
    Code.BalanceTooLow: ("余额不足", "the balance is too low"),
    Code.AccountFrozen: ("账户已冻结，正在核对", "the account is frozen while the operator looks into it"),
    Code.ApprovalRequired: (
        "超出限额，需由另一名操作员批准后重试",
        "this is above the limit: have another operator approve it, then repeat it with the same key",
    ),
    Code.JournalNotExists: ("没有这笔账目", "no such entry in the ledger, or none that can be taken back"),
    Code.PayoutNotExists: ("没有这笔提现", "no payout has this key"),
    Code.PayoutEnded: ("此提现已完成或已取消", "the payout was settled or cancelled already"),
    Code.AccountOwing: ("用户有欠款，不能提现", "the user owes something: nothing is paid out until it is settled"),
    Code.PeriodRunning: ("该周期尚未结束，暂不能结算", "the period is not over yet: settle it afterwards"),
    Code.AgencyNotExists: ("公会不存在或已关闭", "no such agency, or it is closed"),
    Code.AgencyJoined: ("主播已加入其他公会，请先退出", "the host is with another agency: leave that first"),
    Code.InvitationNotExists: ("邀请已失效", "the agency's invitation is no longer open"),
    Code.AgencyNotJoined: ("不是该公会的主播", "the user is not one of the agency's hosts"),
    Code.StatementNotExists: (
        "该周期没有结算单",
        "no statement of that period: it is not settled, or nothing has moved",
    ),
    Code.AdultsOnly: ("仅限已确认成年的用户使用", "this is for users who are known as adults"),
    Code.CannotReceive: ("对方不能接收礼物", "that user cannot receive gifts"),
    Code.NoPayouts: ("该用户未确认成年，不能提现", "nothing is paid out to users who are not known as adults"),
    Code.SeatNotExists: ("房间没有麦位", "the room has no seats"),
    Code.SeatIdNotExists: ("麦位不存在", "the room has no seat with that number"),
    Code.SeatModeInvalid: ("当前上麦方式不允许此操作", "the room's seat mode does not allow this"),
    Code.SeatNumInvalid: ("麦位数量不正确", "invalid number of seats"),
    Code.SeatMuteInvalid: ("麦位静音参数不正确，或已被主持人静音", "invalid mute, or the seat was muted by a host"),
    Code.SeatLockInvalid: ("锁定麦位的参数不正确", "invalid parameters for locking a seat"),
    Code.SeatOccupied: ("麦位已有人，或没有空麦位", "the seat is taken, or no seat is free"),
    Code.SeatLocked: ("麦位已被锁定", "the seat is locked"),
}

_OWN_SENTENCES: Final[dict[type[Failure], tuple[str, str]]] = {
    errors.NameTaken: ("用户名已被使用，请换一个", "this username is already taken: choose another"),
    errors.ContactTaken: (
        "此手机号或邮箱已绑定其他账号",
        "this phone number or e-mail address belongs to another account",
    ),
    errors.TokenOfAnother: (
        "登录令牌与所填用户或租户不符，请重新登录",
        "the token belongs to another user or tenant: sign in again",
    ),
    errors.OtherUser: (
        "userId 或 apaasUserId 不是当前登录用户",
        "userId or apaasUserId is not the signed-in user",
    ),
    errors.ServerKeyUnknown: ("没有这个服务端密钥", "unknown server key"),
    errors.ServerKeyRevoked: ("此服务端密钥已被吊销", "this server key has been revoked"),
    errors.ServerKeyExpired: ("此服务端密钥已过期", "this server key has expired"),
    errors.ServerKeyElsewhere: ("此服务端密钥属于另一个租户", "this server key belongs to another tenant"),
    errors.ActsForAnother: (
        "userId 或 apaasUserId 与 actAs 不是同一个用户",
        "userId or apaasUserId is not the actAs user",
    ),
    errors.UserBlocked: ("你已拉黑对方，请先取消拉黑", "you have blocked this user: unblock them first"),
    errors.ServerKeyMissing: (
        "此接口只能用服务端密钥调用",
        "only your own backend can call this method: use a server key",
    ),
    errors.ServerKeyExposed: (
        "服务端密钥只能在服务器上使用，不能出现在网页中；请立即更换",
        "never use a server key in a web page: revoke this one and create another",
    ),
    errors.ScopeMissing: ("此服务端密钥没有所需的权限范围", "the server key lacks the required scope"),
    failures.SignInRefused: ("名称或密码不正确", "wrong name or password"),
    failures.ConsoleSessionMissing: ("控制台登录已失效，请重新登录", "you are not signed in to the console: sign in"),
    failures.SecondFactorMissing: (
        "必须设置第二因素：请管理员重置你的账号并使用新链接",
        "a second factor is required: have your account reset, and set one up with the new link",
    ),
    failures.LinkSpent: (
        "链接已使用、已被替换或已过期",
        "the link was used, replaced, or is too old: ask for a new one",
    ),
    failures.SignInExpired: ("登录已超时，请重试", "the sign-in has taken too long: try again"),
    failures.CompanyRefused: ("你所在的组没有控制台角色", "none of your groups has a role in the console"),
    failures.ForeignPage: (
        "此接口只能由控制台页面调用",
        "only the console's own page can call this method",
    ),
    failures.HttpsMissing: ("请使用 HTTPS 打开控制台", "open the console over HTTPS"),
    failures.NotOnThisMachine: (
        "此链接只能在运行服务的机器上打开",
        "this link works only on the machine that runs the service",
    ),
    failures.PermissionMissing: ("你的角色没有所需的权限", "your roles lack the permission"),
    failures.TenantForbidden: ("没有此租户，或你无权操作此租户", "there is no such tenant, or you do not act in it"),
    failures.GrantsMore: (
        "不能授予或更改自己没有的权限",
        "you cannot give what you do not have yourself, or change who has it",
    ),
    failures.LastAdministrator: ("至少要保留一名能登录的管理员", "{}"),
    failures.OperatorNotFound: ("没有这个操作员", "{}"),
    money.AlreadyReversed: ("此笔账目已被撤销", "this was taken back already"),
    money.BalanceTooHigh: ("账户金额过大", "the account would hold more than can be counted exactly"),
    money.ApprovalNotFound: ("没有待批准的请求", "no such request for an approval, or it was decided already"),
    money.ApprovalRefused: (
        "使用此 key 的请求已被拒绝或已过期，请换一个新的 key",
        "what was asked for with this key was refused or is too old: ask again with a new key",
    ),
    money.AccountNotFound: ("没有这个收益账户", "no such account of earnings"),
    money.OwnApproval: ("不能批准自己的请求", "nobody approves what they have asked for themselves"),
    errors.CallUnsigned: ("请求没有正确的应用签名", "the request is not correctly signed with an app key"),
    errors.MemberNotFound: ("对方不在此房间中", "that user is not in this room"),
    errors.AlreadySeated: ("已在麦位上", "already in a seat"),
    errors.SeatModeUnknown: ("mode 只能是 {} 之一", "mode must be one of {}"),
    errors.TooManyRooms: (
        "你开播的房间已达数量上限，请先关闭一个",
        "you have as many live rooms as one user may have: close one first",
    ),
    errors.AddressBanned: (
        "此网络暂不接受新账号，请稍后再试",
        "new accounts are not accepted from your network for now: try again later",
    ),
    errors.RoomBanned: ("你已被禁止进入此房间", "you are banned from this room"),
    PriceChanged: ("礼物价格已更新，请刷新后重试", "the gift costs something else now: reload the gifts"),
    errors.RoomMuted: ("全员禁言中", "everyone is muted: only hosts and moderators can write now"),
    SeatsForFollowers: (
        "仅粉丝可上麦，请先关注主播",
        "only followers of the host can take a seat in this room: follow the host first",
    ),
    errors.RoomUnnamed: ("不指定 roomId 时仅限管理员操作", "only admins can do this for all rooms: add a roomId"),
    errors.StillBanned: (
        "对方已被禁止进入此房间，请先解除禁止",
        "that user is banned from this room: lift the ban first",
    ),
    protection.CapReached: (
        "已达到赠送上限，目前还可赠送 {} 金币",
        "this is more than you may give: {} coins are left for now",
    ),
    errors.StatementNotFound: ("没有这条处理通知", "no such statement"),
    errors.SlowMode: ("房间已开启慢速模式，请 {} 秒后再发言", "slow mode is on: wait {} s before your next message"),
}
"""Failures that say more than their code does, in words of their own; ``{}`` is where the detail stands."""


_DETAILED: Final = (
    BadRequest,
    money.BalanceTooLow,
    errors.SignatureRefused,
    errors.UserMuted,
    errors.RateLimited,
    UploadRefused,
)
"""Failures whose detail says to the caller what of theirs is wrong, or from when on it is not."""


def sentence_for(failure: Failure, code: Code, language: Language) -> str:
    """Return what people are told of a failure: its own sentence or its code's, and the detail where it helps."""
    if isinstance(failure, errors.HookRefused) and failure.detail:
        return failure.detail
    if isinstance(failure, errors.BanTerms) and failure.until is not None:
        return _banned(failure.until, failure.reason, language)
    own = _OWN_SENTENCES.get(type(failure))
    if own is None:
        return message(code, language, failure.detail if isinstance(failure, _DETAILED) else "")
    said = own[0 if language is Language.ZH else 1]
    return said.format(failure.detail) if "{}" in said else _detailed(said, language, failure.detail)


def _banned(until: datetime, reason: str, language: Language) -> str:
    is_for_ever = until.year == FOR_EVER.year
    time = f"{until:%Y-%m-%d %H:%M:%S}"
    if language is Language.ZH:
        said, why = "账号已被永久封禁" if is_for_ever else f"账号已被封禁至 {time}（UTC）", f"：{reason}"
    else:
        said = "this account is permanently banned" if is_for_ever else f"this account is banned until {time} UTC"
        why = f": {reason}"
    return said + why if reason else said


def sentence(code: Code, language: Language) -> str:
    """Return what the code says to people."""
    return _SENTENCES[code][0 if language is Language.ZH else 1]


def message(code: Code, language: Language, detail: str) -> str:
    """Return the sentence for people, with the detail of what is wrong where there is one."""
    return _detailed(sentence(code, language), language, detail)


def _detailed(said: str, language: Language, detail: str) -> str:
    if not detail:
        return said
    return f"{said}（{detail}）" if language is Language.ZH else f"{said} ({detail})"
