/** Polls and predictions as the page shows them: those that run, and for a while those that are over. */

import type { RoomEventOf, ShownActivity } from '@liveroom/client';

type Ended = RoomEventOf<'activity.ended'>['data'];

export interface ChoiceOption {
  readonly text: string;
  /** How many have chosen it; null: that is told at the end. */
  readonly count: number | null;
  /** Of those who have voted, in percent. */
  readonly share: number;
  readonly mine: boolean;
  /** It has won the poll, or is what came. */
  readonly won: boolean;
}

export interface ChoiceCard {
  readonly id: string;
  readonly type: 'poll' | 'prediction';
  readonly question: string;
  readonly options: readonly ChoiceOption[];
  /** How many the user may choose. */
  readonly most: number;
  readonly votes: number;
  /** In milliseconds since 1970 of the service's clock; null: it is not limited in time. */
  readonly endsAt: number | null;
  readonly voted: boolean;
  /** Nobody may choose any more. */
  readonly locked: boolean;
  readonly over: boolean;
}

interface Known {
  readonly shown: ShownActivity;
  readonly mine: ReadonlySet<string>;
  readonly ended: Ended | null;
  readonly over: number | null;
}

/** So long a card stays when it is over. */
export const STAYS_MS = 20_000;
const TYPES = ['poll', 'prediction'] as const;

export class ChoiceBoard {
  private readonly known = new Map<string, Known>();

  /** Take what the room's state has; what is not there any more is over. */
  show(activities: readonly ShownActivity[], now: number): void {
    const ids = new Set(activities.map(({ activityId }) => activityId));
    for (const shown of activities) {
      const { mine = new Set<string>() } = this.known.get(shown.activityId) ?? {};
      this.known.set(shown.activityId, { shown, mine, ended: null, over: null });
    }
    for (const [id, one] of this.known) if (!ids.has(id)) this.known.set(id, { ...one, over: one.over ?? now });
    this.pass(now);
  }

  /** Note what came of one. */
  end(ended: Ended, now: number): void {
    const known = this.known.get(ended.activityId);
    if (known) this.known.set(ended.activityId, { ...known, ended, over: known.over ?? now });
  }

  /** Note what the user has chosen. */
  choose(id: string, choices: readonly string[]): void {
    const known = this.known.get(id);
    if (known) this.known.set(id, { ...known, mine: new Set(choices) });
  }

  /** Drop what was over for a while. */
  pass(now: number): void {
    for (const [id, { over }] of this.known) if (over !== null && now - over >= STAYS_MS) this.known.delete(id);
  }

  /** Something is shown that goes by itself. */
  get moving(): boolean {
    return this.known.size > 0;
  }

  cards(): ChoiceCard[] {
    return [...this.known.values()].flatMap((known) => cardOf(known) ?? []);
  }
}

function cardOf({ shown, mine, ended, over }: Known): ChoiceCard | null {
  const type = TYPES.find((one) => one === shown.type);
  if (type === undefined) return null;
  const { question, options, most, locked } = read(shown.state);
  const counts = countsOf({ shown, ended }, options.length);
  const votes = ended?.votes ?? shown.tally?.votes ?? 0;
  const { outcome } = fieldsOf(ended?.result);
  const best = Math.max(...(counts ?? []), 1);
  return {
    id: shown.activityId,
    type,
    question,
    options: options.map((text, number) => ({
      text,
      count: counts?.[number] ?? null,
      share: counts && votes > 0 ? Math.round(((counts[number] ?? 0) * 100) / votes) : 0,
      mine: mine.has(String(number)),
      won: ended !== null && (type === 'poll' ? counts?.[number] === best : outcome === number),
    })),
    most,
    votes,
    endsAt: shown.endAt === undefined ? null : Date.parse(shown.endAt),
    voted: mine.size > 0,
    locked,
    over: over !== null,
  };
}

function countsOf({ shown, ended }: Pick<Known, 'shown' | 'ended'>, options: number): number[] | null {
  const { counts } = fieldsOf(ended?.result);
  if (Array.isArray(counts)) return counts.map(Number);
  if (fieldsOf(shown.state).live === false) return null;
  return Array.from({ length: options }, (_, number) => shown.tally?.counts?.[String(number)] ?? 0);
}

function read(state: ShownActivity['state']) {
  const { question, options, most, locked } = fieldsOf(state);
  return {
    question: typeof question === 'string' ? question : '',
    options: Array.isArray(options) ? options.map(String) : [],
    most: typeof most === 'number' ? most : 1,
    locked: locked === true,
  };
}

/** What a type shows has names of its own, which the service does not declare. */
function fieldsOf(shown: object = {}): Readonly<Record<string, unknown>> {
  return shown as Readonly<Record<string, unknown>>;
}
