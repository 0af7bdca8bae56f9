/** What another host asks the user, who hosts too. */
export interface HostAsk {
  readonly kind: 'connect' | 'battle';
  readonly key: string;
  readonly userId: string;
  readonly name: string;
  readonly avatar: string;
  readonly text: string;
  /** It waits no longer. */
  readonly seconds: number;
  readonly accept: () => Promise<boolean>;
  readonly refuse: () => Promise<boolean>;
}
