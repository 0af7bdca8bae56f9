"""What the use cases return of seats, as answers show it."""

from liveroom.domain.seats.payloads import Seat, SeatList, seat_list, seat_shown
from liveroom.usecases.seats.maps import SeatContext


def seats_in(context: SeatContext) -> SeatList:
    """Return the answer that shows a whole stage."""
    return seat_list(context.options, context.seat_map, context.names())


def seat_at(context: SeatContext, number: int) -> Seat:
    """Return the answer that shows one seat."""
    seated = {one.number: one for one in context.seat_map.seated}
    return seat_shown(context.options, number, seated.get(number), context.names())


def seat_of(context: SeatContext, user: str) -> Seat:
    """Return the answer that shows the seat that a user has."""
    return seat_at(context, next((one.number for one in context.seat_map.seated if one.user == user), 0))
