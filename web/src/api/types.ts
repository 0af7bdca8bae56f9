/** What the service says, by the names that the page uses for it. `npm run types` makes them from docs/openapi.json. */

import type { EnteredRoom, ListedUser, LoginReply, RoomNews, RoomObject } from '../openapi';

export type { ListNews, ListState, RoomNews, RoomState } from '../openapi';
export type Room = RoomObject;
export type Member = Pick<ListedUser, 'userId' | 'name' | 'avatar' | 'role'>;
export type RoomEvent = RoomNews['events'][number];
type Said<Event> = Event extends { type: infer Type; data: infer Data } ? { type: Type; data: Data } : never;
/** What happens in a room beside its members' coming and going. */
export type ShowEvent = Said<RoomEvent>;
export type Entered = EnteredRoom;
export type Login = LoginReply;
