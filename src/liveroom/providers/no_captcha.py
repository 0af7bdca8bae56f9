"""No captcha: the limits alone keep codes from being asked for by machines."""

from liveroom.domain.accounts.contacts import CaptchaTicket


class NoCaptcha:
    """``ports.Captcha`` where none is set up: every ticket passes, also none."""

    async def check(self, ticket: CaptchaTicket) -> None:
        return
