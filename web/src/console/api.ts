/** Calls of the service as the operator who is signed in: by their cookie, for the tenant that they have chosen. */
import { Console, endpointsOf } from '@liveroom/client/operator';

import { spokenLanguage } from '../i18n/language';

export { type Data, type Paged, RefusedError as CallRefused, type RowOf } from '@liveroom/client/operator';

/** What one has to know to make calls. */
export interface CallNeeds {
  /** Where the service is: its root, ending in a slash. */
  readonly root: string;
  readonly tenant: () => string;
  /** The session is over, or there is none. */
  readonly onSignedOut: () => void;
  /** Ask for the password again; false where the operator would rather not. */
  readonly confirmed: () => Promise<boolean>;
  readonly send?: typeof fetch;
}

/** Longer than the doctor takes at most, which is 15 seconds. */
const TIMEOUT_MS = 20_000;

export class Api extends Console {
  constructor({ root, tenant, onSignedOut, confirmed, send }: CallNeeds) {
    const { href } = new URL(root, window.location.origin);
    super({ ...endpointsOf(href), api: `${root}base/v1` }, {
      tenant,
      language: spokenLanguage,
      timeoutMs: TIMEOUT_MS,
      confirm: confirmed,
      onSignedOut,
      ...(send === undefined ? {} : { fetch: send }),
    });
  }
}
