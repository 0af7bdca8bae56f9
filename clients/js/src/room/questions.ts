/** Questions of a room: members ask and vote up, hosts answer. A round is an activity of the type `questions`. */

import type { AnsweredQuestion, QuestionChange, QuestionRound, QuestionVote } from '../types.js';
import type { AnyCall, RoomCall } from './calls.js';
import { repeated } from './repeating.js';

export interface QuestionsOptions {
  readonly topic?: string;
  /** Who may ask beside hosts; everybody by default. */
  readonly who?: 'everyone' | 'followers' | 'seated';
  /** How many questions of one person wait; three by default. */
  readonly most?: number;
}

export class RoomQuestions {
  constructor(
    private readonly inRoom: RoomCall,
    private readonly call: AnyCall,
  ) {}

  /** Begin a round, as a host or moderator. Throws `RefusedError`: 3131 where one runs already. */
  readonly open = (more: QuestionsOptions = {}): Promise<QuestionRound> => this.inRoom('questions/open', { ...more });

  /** The round that runs, with all that waits: most votes first. */
  readonly list = (): Promise<QuestionRound> => this.inRoom('questions/list');

  /** Throws `RefusedError`: 3151 where one like it waits, 3152 where as many wait as may. */
  readonly ask = (activityId: string, text: string): Promise<QuestionChange> => this.call('questions/ask', { activityId, text });

  /** Vote for a question, or take the vote back. It counts once, so that a call that breaks off is repeated. */
  readonly vote = (activityId: string, questionId: string, up = true): Promise<QuestionVote> =>
    repeated(() => this.call('questions/vote', { activityId, questionId, up }));

  /** Say which question is being answered, as a host or moderator; without one: none. */
  readonly mark = (activityId: string, questionId = ''): Promise<QuestionChange> =>
    this.call('questions/mark', questionId === '' ? { activityId } : { activityId, questionId });

  /** Say that a question was answered, aloud or in writing, as a host or moderator. */
  readonly answer = (activityId: string, questionId: string, answer = ''): Promise<QuestionChange> =>
    this.call('questions/answer', answer === '' ? { activityId, questionId } : { activityId, questionId, answer });

  /** Remove one's own question, or any as a host or moderator. */
  readonly remove = (activityId: string, questionId: string): Promise<QuestionChange> =>
    this.call('questions/remove', { activityId, questionId });

  /** What was answered in a round, the newest first. */
  readonly answered = (activityId: string, limit = 20): Promise<AnsweredQuestion[]> =>
    this.call('questions/answered', { activityId, limit });
}
