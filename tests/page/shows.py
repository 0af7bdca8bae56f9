"""The scene that is played on every kind of service, and how others begin."""

from playwright.async_api import expect

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


async def gather(hall: Hall, title: str, *names: str) -> tuple[Person, list[Person], str]:
    """Let Mara go live, and the others come in."""
    host = await hall.guest("Mara")
    room = await host.go_live(title)
    guests = [await hall.guest(name, f"/room/{room}") for name in names]
    for guest in guests:
        await expect(guest.at("room-title")).to_have_text(title)
    return host, guests, room


async def choose(host: Person, name: str, *actions: str) -> None:
    """Choose what is to be done in somebody's menu."""
    await host.at("tab-people").click()
    await host.at("person").filter(has_text=name).get_by_test_id("person-menu").click()
    for action in actions:
        await host.at(action).click()


async def say(person: Person, text: str) -> None:
    """Send a message."""
    await person.at("chat-field").fill(text)
    await person.at("chat-send").click()
