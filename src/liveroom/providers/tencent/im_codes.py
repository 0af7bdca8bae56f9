"""What Tencent IM's error codes mean for a call, and what an operator does about them (TENCENT.md 3)."""

from typing import Final

from liveroom.domain.vendors.model import Trouble, VendorFailure

NO_SUCH_GROUP: Final = frozenset({10010, 10015})
GROUP_IN_USE: Final = frozenset({10021, 10025})
"""The id has a group already: somebody else's, or the administrator's own. Whether it is the room's, our row says."""
NO_SUCH_ACCOUNT: Final = frozenset({10019, 40003, 70107})

_IN_DOUBT: Final = frozenset({10002, 60008, 60013, 60014})
"""The servers lost it on the way: it may have been done."""
_BUSY: Final = _IN_DOUBT | {10006, 10023, 10024, 40006, 60007, 60011, 60018, 60019}
_KEY: Final = "compare LIVEROOM_TRTC_SDK_APP_ID and LIVEROOM_TRTC_SECRET (or the tenant's) with Tencent's console"
_CONSOLE: Final = "look at the application in Tencent's console"
_ACCESS: Final = {
    60004: _KEY,
    60005: _KEY,
    60006: _KEY,
    60010: "name an administrator of this application in LIVEROOM_TIM_ADMINISTRATOR",
    60012: _KEY,
    60016: _CONSOLE,
    60017: _CONSOLE,
    60020: "renew the IM package of the application",
    60021: "allow this server's address in Tencent's console",
    **dict.fromkeys((70002, 70003, 70009, 70013, 70014, 70016, 70020, 70050), _KEY),
    70001: "let this machine follow a time server: its clock makes UserSigs that are over",
    70051: "the administrator's account is blocked: name another in LIVEROOM_TIM_ADMINISTRATOR",
}
_SUBJECT: Final = {
    10004: "this is a fault of liveroom: report it",
    10007: "the edition of the application does not allow it",
    10016: "the application's own callback refuses it",
    10026: "the edition of the application does not allow it",
    10036: "buy a package that allows more groups (AVChatRoom)",
    10037: "the user owns as many groups as the edition allows",
    10059: "the edition of the application does not allow it",
    10060: "the edition of the application does not allow it",
    40601: "a name or picture is too long for Tencent",
    70169: "this is a fault of liveroom: report it",
    70398: "the trial edition allows 100 accounts: buy a package",
    70399: "the edition of the application allows no more accounts",
    80001: "Tencent refuses the words of the title or name",
}


def failure_of(command: str, code: int) -> VendorFailure:
    """Return the failure that an error code is. The vendor's own text may quote what was sent, and is left out."""
    if code in _BUSY:
        return VendorFailure(
            Trouble.BUSY, f"Tencent IM is busy ({command}: {code})", code=str(code), in_doubt=code in _IN_DOUBT
        )
    if code in _ACCESS:
        text = f"Tencent IM does not accept us ({command}: {code}): {_ACCESS[code]}"
        return VendorFailure(Trouble.ACCESS, text, code=str(code))
    if code in _SUBJECT:
        text = f"Tencent IM refuses ({command}: {code}): {_SUBJECT[code]}"
        return VendorFailure(Trouble.SUBJECT, text, code=str(code))
    return VendorFailure(Trouble.UNKNOWN, f"Tencent IM refuses ({command}: {code})", code=str(code))
