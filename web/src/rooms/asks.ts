/** What waits for the user's answer, as a card over the picture says it. */

export interface Ask {
  readonly kind: 'apply' | 'invite' | 'connect' | 'battle' | 'raid';
  readonly key: string;
  /** Who asks. */
  readonly userId: string;
  readonly name: string;
  readonly avatar: string;
  readonly text: string;
  /** What agreeing is called. */
  readonly yes: string;
  /** It waits no longer; absent: as long as it takes. */
  readonly seconds?: number;
  readonly agree: () => Promise<unknown>;
  readonly refuse: () => Promise<unknown>;
}
