"""Why an operator is not let in, or may not do something (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import CredentialsWrong, PermissionDenied, Refused, UserNotFound


class SignInRefused(CredentialsWrong):
    """Unknown operator, wrong password, or disabled: one sentence for all, so that names cannot be probed."""


class SecondFactorRequired(Refused):
    """The password is right; a code of the second factor, or a recovery code, is needed too."""


class SecondFactorMissing(SecondFactorRequired):
    """The installation asks for a second factor, and this operator has none: a new link sets one up."""


class ConfirmationRequired(Refused):
    """A dangerous call: the operator gives their password again first (``operators/confirm``)."""


class ConsoleSessionMissing(Refused):
    """Nobody is signed in to the console in this browser, or not any more."""


class LinkSpent(Refused):
    """The link was used, replaced by a newer one, or is too old."""


class ForeignPage(PermissionDenied):
    """A call with the console's cookie came from a page of another origin."""


class HttpsMissing(PermissionDenied):
    """A password would be sent unencrypted through a network."""


class PermissionMissing(PermissionDenied):
    """The operator's roles lack the permission; ``detail`` names it."""


class TenantForbidden(PermissionDenied):
    """The operator does not act in this tenant, or there is none."""


class GrantsMore(PermissionDenied):
    """Nobody gives away what they lack, nor changes who has it; ``detail`` names it."""


class LastAdministrator(PermissionDenied):
    """Nobody would be left who can do everything."""


class OperatorNotFound(UserNotFound):
    """There is no such operator."""


class NotOnThisMachine(PermissionDenied):
    """The link of the first operator was opened from elsewhere, or through a proxy."""


class CompanyRefused(PermissionDenied):
    """The company vouches for somebody none of whose groups has a role here."""


class SignInExpired(LinkSpent):
    """The browser has come back from the company too late, twice, or without having been sent there."""
