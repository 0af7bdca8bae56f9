/** What the service says of a show's interactive parts, by the names that the page uses for it. */

import type {
  AuditRow,
  HeldUser,
  MessageObject,
  Options as RoomOptions,
  OptionsWithLink as RoomOptionsWithLink,
  ReportRow,
  RoleHolder,
  Seat as RoomSeat,
  SeatAnswer as Answer,
  SeatAsked,
  SeatList,
} from '../openapi';

export type { Invitation, Removal } from '../openapi';
export type Options = Readonly<RoomOptions>;
export type OptionsWithLink = Readonly<RoomOptionsWithLink>;
export type Access = Options['access'];
export type SeatMode = Options['seatMode'];
export type Seat = Readonly<RoomSeat>;
export type SeatRequest = Readonly<SeatAsked>;
export type Seats = Readonly<SeatList>;
export type SeatAnswer = Readonly<Answer>;
export type Message = Readonly<MessageObject>;
/** Somebody on the list of who is banned or muted; `untilUtc` is empty for ever. */
export type Restricted = Readonly<HeldUser>;
export type Appointed = Readonly<RoleHolder>;
/** `reason` is a word that stands for a kind of trouble: `TROUBLES` are those that this page gives. */
export type Report = Readonly<ReportRow>;
export type AuditLine = Readonly<AuditRow>;

export const TROUBLES = ['spam', 'abuse', 'sexual', 'other'] as const;

/** What may be wished of a room's options; an empty password takes it away, no minutes the end. */
export interface Wishes {
  readonly access?: Access;
  readonly newLink?: boolean;
  readonly password?: string;
  readonly slowMode?: number;
  readonly muted?: boolean;
  readonly minutes?: number;
}
