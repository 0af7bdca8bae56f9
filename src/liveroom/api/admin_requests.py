"""What several ``admin/*`` methods are asked with."""

from liveroom.api.parameters import Id, Request


class OneUser(Request):
    """The user."""

    user_id: Id
