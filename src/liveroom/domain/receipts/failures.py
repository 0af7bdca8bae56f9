"""Why a purchase brings no coins (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import Refused


class ReceiptInvalid(Refused):
    """The store does not know it, or has not signed it."""


class ReceiptOfOtherApp(Refused):
    """It was bought in another app."""


class ReceiptOfTest(Refused):
    """It was bought for a test, where nothing is paid, and tests bring no coins here."""


class ReceiptOfOtherUser(Refused):
    """It was bought for another user, or the app has not said for whom."""


class ReceiptRefunded(Refused):
    """The store has given the money back."""


class ReceiptPending(Refused):
    """It is not paid yet."""


class ProductNotOffered(Refused):
    """No coins are sold by this product."""
