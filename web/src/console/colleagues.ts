/** The names of operators: what the audit calls them by says nothing to people. */
import { shallowRef } from 'vue';

import type { Api } from './api';

/** How soon they are asked for again where somebody is not among them: they may be new. */
const PAUSE_MS = 60_000;
const OPERATOR = 'operator:';

export class Colleagues {
  private readonly names = shallowRef<ReadonlyMap<string, string>>(new Map());
  private asked = Number.NEGATIVE_INFINITY;

  constructor(private readonly api: Pick<Api, 'call'>) {}

  /** Return an operator's name as soon as it is known; until then, and of whoever is no operator, what was given. */
  nameOf(actor: string): string {
    const known = this.names.value.get(actor);
    if (known === undefined && actor.startsWith(OPERATOR)) void this.learn();
    return known ?? actor;
  }

  /** Whoever signs in next may know others. */
  forget(): void {
    this.names.value = new Map();
    this.asked = Number.NEGATIVE_INFINITY;
  }

  private async learn(): Promise<void> {
    if (Date.now() - this.asked < PAUSE_MS) return;
    const mine = (this.asked = Date.now());
    try {
      const found = await this.api.call('operators/colleagues', {});
      if (mine === this.asked) this.names.value = new Map(found.map(({ actor, displayName }) => [actor, displayName]));
    } catch {
      // The page says what it knows; it asks again when it shows somebody later.
    }
  }
}
