/** The seats of a room, as its channel tells them (docs/interactive.md, "Seats"). */

import type { DataEvent, Seat, SeatRequest, Seats } from '../types.js';

export function seatsAfter(seats: Seats, event: DataEvent): Seats {
  switch (event.type) {
    case 'seats.changed':
      return { ...seats, mode: event.data.mode, seats: event.data.seats };
    case 'seats.requested':
      return { ...seats, requests: [...without(seats.requests, event.data.requestId), event.data] };
    case 'seats.answered':
      return { ...seats, requests: without(seats.requests, event.data.requestId) };
    default:
      return seats;
  }
}

/** Return the seat of a user, if they have one. */
export function seatOf(seats: Seats, userId: string): Seat | undefined {
  return seats.seats.find((seat) => seat.userId === userId);
}

/** Return the open application of this user, or the open invitation to them. */
export function requestOf(seats: Seats, kind: SeatRequest['kind'], userId: string): SeatRequest | undefined {
  return seats.requests.find((request) => request.kind === kind && request.userId === userId);
}

function without(requests: readonly SeatRequest[], id: string): SeatRequest[] {
  return requests.filter(({ requestId }) => requestId !== id);
}
