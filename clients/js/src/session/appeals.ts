/** Appeals of whoever is banned, and cannot sign in: with a token that they find beside a refusal, or are told before. */

import type { HttpCall } from '../connection/http.js';
import { isRefused } from '../errors.js';
import type { Statement } from '../types.js';
import type { Session } from './session.js';

export class Appeals {
  /** Empty: there is nothing to appeal with. */
  token = '';

  constructor(
    private readonly http: HttpCall,
    private readonly changed: (token: string) => void,
  ) {}

  /** Call as usual, and take note of refusals. */
  readonly call: HttpCall = async (...asked) => {
    try {
      return await this.http(...asked);
    } catch (failure) {
      if (isRefused(failure) && failure.appealToken !== '') this.keep(failure.appealToken);
      throw failure;
    }
  };

  async appeal(text: string): Promise<Statement> {
    const given = { appealToken: this.token, text };
    const statement = (await this.http('moderation/appeal_by_token', given)) as Statement;
    this.keep('');
    return statement;
  }

  /** A session has begun. */
  follow(session: Session): void {
    this.keep('');
    session.on('user.statement', ({ data }) => {
      if (data.measure === 'ban' && data.roomId === '') this.keep(data.appealToken);
    });
  }

  private keep(token: string): void {
    if (token === this.token) return;
    this.token = token;
    this.changed(token);
  }
}
