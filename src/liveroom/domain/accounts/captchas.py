"""What an app got for a solved captcha."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaptchaTicket:
    """A solved captcha, as the app hands it on; ``address`` is the caller's."""

    app_id: str
    ticket: str
    randstr: str
    address: str
