"""The scene that is played on every kind of service."""

from tests.page.browser import Hall, Person


async def show_to_three(hall: Hall, title: str) -> tuple[Person, list[Person]]:
    """Let a host show the camera to three viewers, each in a context of their own; check that it arrives."""
    host = await hall.guest("Mara")
    room = await host.go_live(title, source="camera")
    viewers = [await hall.guest(name) for name in ("Ada", "Ben", "Cho")]
    for viewer in viewers:
        await viewer.watch(room)
    for viewer in viewers:
        await viewer.check_moving()
    return host, viewers
