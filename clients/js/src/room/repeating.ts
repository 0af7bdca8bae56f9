/** Repeating calls that carry a key, or do the same when they come twice. */

import { isTransient } from '../errors.js';

/** Pauses before what broke off is repeated. */
const RETRY_MS = [300, 1000, 2500, 5000];

/** Return what the call does; one that breaks off is made again, some times. */
export async function repeated<Value>(call: () => Promise<Value>): Promise<Value> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (failure) {
      const pause = RETRY_MS[attempt];
      if (!isTransient(failure) || pause === undefined) throw failure;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
