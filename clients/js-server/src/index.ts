/** @liveroom/server: for an operator's own server. README.md has an example of everything. */

export {
  BannedError,
  ContentError,
  isRefused,
  isTransient,
  LiveroomError,
  type Login,
  NetworkError,
  NotFoundError,
  PermissionError,
  RateLimitedError,
  RefusedError,
} from '@liveroom/client/http';
export { answerHook, type Decide, type HookAnswer, hookListener, type HookQuestion } from './hooks.js';
export { signLogin, type SignedLogin } from './login.js';
export { LiveroomServer, type LiveroomServerOptions, type UserCaller } from './server.js';
export { type Delivery, type HeadersLike, type Verifying, verify, WebhookError } from './verification.js';
export { eventsIn, type WebhookEvent, webhookListener } from './webhooks.js';
