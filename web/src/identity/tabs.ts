/**
 * Whether another open tab is already this person.
 *
 * Duplicating a tab copies its storage, identity and all. The copy asks around and, when the original answers, begins
 * as nobody: so the two are two people again.
 */

type Line = Pick<BroadcastChannel, 'postMessage' | 'onmessage'>;
interface Word {
  readonly kind: 'asking' | 'taken';
  readonly token: string;
}

const ANSWER_MS = 60;

export class Tabs {
  private answered: (() => void) | undefined;

  constructor(
    private readonly line: Line,
    private readonly mine: () => string | undefined,
  ) {
    line.onmessage = ({ data }: MessageEvent<Word>) => {
      this.hear(data);
    };
  }

  /** Say whether another tab uses this token. */
  async isTaken(token: string): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.answered = undefined;
        resolve(false);
      }, ANSWER_MS);
      this.answered = () => {
        clearTimeout(timer);
        resolve(true);
      };
      this.line.postMessage({ kind: 'asking', token } satisfies Word);
    });
  }

  private hear(word: Word): void {
    if (word.kind === 'asking' && word.token === this.mine()) {
      this.line.postMessage({ kind: 'taken', token: word.token } satisfies Word);
    } else if (word.kind === 'taken') {
      this.answered?.();
    }
  }
}
