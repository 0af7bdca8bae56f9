"""`liveroom token`: a login token for a user, to try calls with."""

from liveroom.app.assembly import Core
from liveroom.cli.core import run
from liveroom.cli.output import say
from liveroom.cli.trail import noted_of_user
from liveroom.domain.errors import UserNotFound
from liveroom.domain.ids import UserId


def token(user: str) -> None:
    """Create a login token for a user, with a new session, like a login."""

    async def work(core: Core) -> None:
        found = await core.db.users.get(UserId(user))
        if found is None or found.deleted is not None:
            raise UserNotFound(f"there is no user {user}")
        async with noted_of_user(core, "token", user):
            made = await core.services.admin_users.sessions.open_for(found)
        say(made, user=user, token=made)

    run(work)
