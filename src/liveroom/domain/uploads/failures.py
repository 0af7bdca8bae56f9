"""Why an upload fails."""

from liveroom.domain.errors import HookRefused, Refused


class UploadNotFound(Refused):
    """There is no such upload, it is somebody else's, or it was not finished in time."""


class UploadMissing(Refused):
    """The upload's file has not arrived."""


class UploadRefused(Refused):
    """The file is none that can be used; ``detail`` is why."""


class UploadForbidden(UploadRefused, HookRefused):
    """The operator's own server, or a module, does not allow the file; ``detail`` is its sentence, if it has one."""
