/** A round of questions as the page knows it: texts that were seen are kept, and what waits is what the room says. */

import type { QuestionRound, ShownActivity } from '@liveroom/client';

export interface RoomQuestion {
  readonly questionId: string;
  readonly userId: string;
  readonly name: string;
  readonly text: string;
}

export interface WaitingQuestion extends RoomQuestion {
  readonly votes: number;
  /** By the user. */
  readonly voted: boolean;
}

export interface ShownRound {
  readonly activityId: string;
  readonly topic: string;
  readonly who: string;
  readonly marked: RoomQuestion | null;
  readonly last: (RoomQuestion & { readonly answer: string }) | null;
  /** Ids, in the order in which they were asked. */
  readonly waiting: readonly string[];
  readonly newest: readonly RoomQuestion[];
}

/** The round that runs in a room. */
export function roundOf(activities: readonly ShownActivity[]): ShownRound | null {
  const shown = activities.find(({ type }) => type === 'questions');
  if (!shown) return null;
  return { ...(shown.state as unknown as Omit<ShownRound, 'activityId'>), activityId: shown.activityId };
}

export class QuestionBook {
  private round = '';
  private readonly texts = new Map<string, RoomQuestion>();
  private readonly mine = new Set<string>();

  /** Take up what the room shows; say whether the list is to be read, because a text is missing. */
  show(round: ShownRound): boolean {
    if (round.activityId !== this.round) {
      this.round = round.activityId;
      this.texts.clear();
      this.mine.clear();
    }
    for (const one of round.newest) this.texts.set(one.questionId, one);
    if (round.marked) this.texts.set(round.marked.questionId, round.marked);
    return round.waiting.some((id) => !this.texts.has(id));
  }

  /** Take up the list. */
  read({ activityId, questions }: QuestionRound): void {
    if (activityId !== this.round) return;
    this.mine.clear();
    for (const one of questions) {
      this.texts.set(one.questionId, one);
      if (one.voted) this.mine.add(one.questionId);
    }
  }

  vote(questionId: string, up: boolean): void {
    if (up) this.mine.add(questionId);
    else this.mine.delete(questionId);
  }

  /** What waits, the one with most votes first, of two with as many the older one. */
  list({ waiting }: ShownRound, counts: Readonly<Record<string, number>>): WaitingQuestion[] {
    return waiting
      .flatMap((id) => this.texts.get(id) ?? [])
      .map((one) => ({ ...one, votes: counts[one.questionId] ?? 0, voted: this.mine.has(one.questionId) }))
      .sort((one, other) => other.votes - one.votes);
  }
}
