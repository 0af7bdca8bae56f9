/** A session's token: renewed when half of its time is over, by whichever tab or program of the user comes first. */

import { isFinal } from '../errors.js';
import type { Identity, IdentityStore, SignedInUser } from './storage.js';

export interface TokenNeeds {
  readonly store: IdentityStore;
  /** Exchange a token for a new one of the same session. */
  renew(token: string): Promise<Identity>;
  /** There is a new token, from the service or from another tab. */
  renewed(token: string): void;
  /** The service does not accept the session any more. */
  refused(failure: unknown): void;
  now(): number;
}

/** Timers cannot wait longer. */
const LONGEST_MS = 2 ** 31 - 1;
const RETRY_MS = 30_000;
const LEAST_MS = 1000;

export class SessionToken {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renewing: Promise<void> | undefined;
  private due = 0;
  private over = false;

  constructor(
    private identity: Identity,
    private readonly needs: TokenNeeds,
  ) {
    this.take(identity);
  }

  get current(): Identity {
    return this.identity;
  }

  /** Return a token that is good for a while. Where none can be had now, the old one may still do. */
  async fresh(): Promise<string> {
    if (this.due <= this.needs.now()) await this.renew();
    return this.identity.token;
  }

  /** Keep a change of the user. */
  update(changes: Partial<SignedInUser>): void {
    this.note(changes);
    this.keep();
  }

  /** Know a change of the user that somebody else has kept. */
  note(changes: Partial<SignedInUser>): void {
    this.identity = { ...this.identity, ...changes };
  }

  stop(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  /** Say whether somebody else who shares the storage has a later token of this user, and take it. */
  adopt(): boolean {
    const kept = this.needs.store.read();
    if (kept?.userId !== this.identity.userId || kept.expires <= this.identity.expires) return false;
    this.take(kept);
    this.needs.renewed(kept.token);
    return true;
  }

  private async renew(): Promise<void> {
    if (this.over || this.adopt()) return;
    this.renewing ??= this.exchange().finally(() => (this.renewing = undefined));
    await this.renewing;
  }

  private async exchange(): Promise<void> {
    try {
      const renewed = await this.needs.renew(this.identity.token);
      if (this.over) return;
      this.take({ ...renewed, visitor: this.identity.visitor });
      this.keep();
      this.needs.renewed(renewed.token);
    } catch (failure) {
      if (this.over) return;
      if (isFinal(failure)) this.needs.refused(failure);
      else this.plan(Math.max(LEAST_MS, Math.min(RETRY_MS, (this.identity.expires - this.needs.now()) / 4)));
    }
  }

  /** In another tab another user may have signed in meanwhile, or this one got a later token: what is kept of it stays. */
  private keep(): void {
    const { store } = this.needs;
    const kept = store.read() ?? this.identity;
    if (kept.userId !== this.identity.userId) return;
    const { token, expires } = kept.expires > this.identity.expires ? kept : this.identity;
    store.write({ ...this.identity, token, expires });
  }

  private take(identity: Identity): void {
    this.identity = identity;
    const now = this.needs.now();
    if (identity.expires > 0) this.plan(Math.max(LEAST_MS, (identity.expires - now) / 2));
    else this.due = Infinity;
  }

  private plan(ms: number): void {
    clearTimeout(this.timer);
    this.due = this.needs.now() + ms;
    // A timer may be early by a millisecond, so it does not ask whether it is time.
    this.timer = setTimeout(
      () => {
        if (ms > LONGEST_MS) this.plan(ms - LONGEST_MS);
        else void this.renew();
      },
      Math.min(ms, LONGEST_MS),
    );
  }
}
