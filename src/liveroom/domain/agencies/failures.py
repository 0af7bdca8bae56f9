"""Why somebody does not join an agency (``liveroom.domain.errors`` has all other failures)."""

from liveroom.domain.errors import Refused


class AgencyNotFound(Refused):
    """There is no such agency, it is closed, or it is somebody else's."""


class AgencyJoined(Refused):
    """The host has an agency already; ``detail`` is until when, where they are leaving it."""


class InvitationNotFound(Refused):
    """The agency's invitation is not open any more, or was somebody else's."""


class AgencyNotJoined(Refused):
    """The user is not one of the agency's hosts, nor invited."""
