/** @liveroom/client/media: a room's pictures and sound, by whichever provider the service uses. */

export type {
  Adapter,
  Adapters,
  Arrived,
  Credential,
  Media,
  MediaEvents,
  Present,
  Provider,
  Reach,
  Remote,
  Surroundings,
  Trouble,
} from './media.js';
export { openMedia } from './open.js';
export { type MediaState, RoomMedia } from './roommedia.js';
