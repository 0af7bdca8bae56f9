"""Why money is not moved (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import PermissionDenied, Refused


class BalanceTooLow(Refused):
    """The account has less than that; ``detail`` is what it has."""


class BalanceTooHigh(Refused):
    """The account would hold more than can be counted exactly."""


class AccountFrozen(Refused):
    """The account is frozen: the audit has found a difference, or an operator looks into it."""


class KeyReused(Refused):
    """The key was used for something else; keys never lapse."""


class AlreadyReversed(KeyReused):
    """What is to be taken back was taken back, with another key."""


class ApprovalRequired(Refused):
    """Somebody else has to approve this first; ``approval`` is the request's id."""

    def __init__(self, approval: str) -> None:
        super().__init__(f"approval {approval}")
        self.approval = approval


class ApprovalNotFound(Refused):
    """There is no such request for an approval, or it was decided already."""


class ApprovalRefused(PermissionDenied):
    """It was asked for with this key and refused, or nobody has decided or used it in time: ask with a new key."""


class OwnApproval(PermissionDenied):
    """Nobody approves what they have asked for themselves."""


class AccountOwing(Refused):
    """The user owes coins or points, by something that was taken back: nothing is paid out meanwhile."""


class AccountNotFound(Refused):
    """There is no such account of earnings in the tenant."""


class PayoutNotFound(Refused):
    """There is no payout with this key, or it was refused."""


class PayoutOver(Refused):
    """The payout was settled already where it was to be cancelled, or the other way round."""


class JournalNotFound(Refused):
    """There is no such journal, or it is none that can be taken back."""
