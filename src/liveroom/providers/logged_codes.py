"""Codes that nobody carries: they are written to the log, for whoever develops or tries the service out."""

import structlog

from liveroom.domain.accounts.contacts import Contact
from liveroom.domain.tenants.model import Language

log = structlog.get_logger("liveroom.codes")


class LoggedCodes:
    """``ports.CodeSender`` of the embedded default. The settings refuse it with MySQL or Redis."""

    async def send(self, contact: Contact, code: str, language: Language) -> None:
        log.warning("code.only_logged", kind=contact.kind.value, to=contact.hint, code=code)
