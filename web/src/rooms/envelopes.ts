/** Red envelopes as the page shows them: those that run, and for a while those that are over. */

import type { OpenEnvelope } from '@liveroom/client';

/** What has become of the user's own grab. */
export type Outcome = { readonly coins: number } | { readonly problem: string };

export interface EnvelopeCard {
  readonly envelope: OpenEnvelope;
  /** Milliseconds until it opens; 0: it is open. */
  readonly opensIn: number;
  /** Milliseconds until its time is over. */
  readonly endsIn: number;
  readonly over: boolean;
  readonly outcome: Outcome | null;
}

/** So long a card stays when its envelope is over. */
export const STAYS_MS = 12_000;

/**
 * Keeps what the room's state has, and what is over since a short while. Times are the browser's: an envelope's own are
 * compared with the service's clock, which is so far `ahead` of it as events say.
 */
export class EnvelopeCards {
  private readonly known = new Map<string, { envelope: OpenEnvelope; outcome: Outcome | null; over: number | null }>();
  private ahead: number | null = null;

  /** Note the time of an event that has just come: what came fastest says best what the service's clock shows. */
  hear(time: string, now: number): void {
    const ahead = Date.parse(time) - now;
    if (!Number.isNaN(ahead)) this.ahead = Math.max(this.ahead ?? ahead, ahead);
  }

  /** Take what the room's state has. */
  show(running: readonly OpenEnvelope[], now: number): void {
    const ids = new Set(running.map(({ envelopeId }) => envelopeId));
    for (const envelope of running) {
      const before = this.known.get(envelope.envelopeId);
      this.known.set(envelope.envelopeId, { outcome: before?.outcome ?? null, over: null, envelope });
    }
    for (const [id, one] of this.known) if (!ids.has(id)) one.over ??= now;
    this.pass(now);
  }

  /** Note what came of the user's own grab. */
  note(envelopeId: string, outcome: Outcome): void {
    const known = this.known.get(envelopeId);
    if (known) known.outcome = outcome;
  }

  /** Drop what was over for a while. */
  pass(now: number): void {
    for (const [id, { over }] of this.known) if (over !== null && now - over >= STAYS_MS) this.known.delete(id);
  }

  cards(now: number): EnvelopeCard[] {
    const at = now + (this.ahead ?? 0);
    return [...this.known.values()].map(({ envelope, outcome, over }) => ({
      envelope,
      outcome,
      opensIn: Math.max(0, Date.parse(envelope.opensAt) - at),
      endsIn: Math.max(0, Date.parse(envelope.endsAt) - at),
      over: over !== null,
    }));
  }

  /** Something is shown that changes by itself. */
  get moving(): boolean {
    return this.known.size > 0;
  }
}
