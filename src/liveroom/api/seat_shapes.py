"""What the use cases return of seats, as answers show it."""

from liveroom.domain.seat_payloads import Seat, SeatList, seat_list, seat_shown
from liveroom.usecases.stages import Scene


def seats_in(scene: Scene) -> SeatList:
    """Return the answer that shows a whole stage."""
    return seat_list(scene.options, scene.stage, scene.names())


def seat_at(scene: Scene, number: int) -> Seat:
    """Return the answer that shows one seat."""
    seated = {one.number: one for one in scene.stage.seated}
    return seat_shown(scene.options, number, seated.get(number), scene.names())


def seat_of(scene: Scene, user: str) -> Seat:
    """Return the answer that shows the seat that a user has."""
    return seat_at(scene, next((one.number for one in scene.stage.seated if one.user == user), 0))
