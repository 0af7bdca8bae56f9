/** What a user has, coins and points, and how it came to be. Where there are no wallets, calls are refused (3008). */

import type { Stop } from '../events.js';
import type { OwnWallet, WalletLine, WalletState } from '../types.js';
import type { Session } from './session.js';

export interface WalletLines {
  /** `coin` by default. */
  readonly currency?: 'coin' | 'point';
  /** The `lineId` of the last line that is there already; without it, the newest lines are first. */
  readonly after?: string;
  /** From 1 to 100; 50 by default. */
  readonly limit?: number;
}

export class Wallet {
  constructor(private readonly session: Pick<Session, 'call' | 'on'>) {}

  /** Return what the user has now. */
  async balance(): Promise<OwnWallet> {
    return this.session.call('wallet/balance');
  }

  /** Return what has moved, newest first; fewer than `limit`: there is no more. */
  async statement({ currency = 'coin', after = '', limit = 50 }: WalletLines = {}): Promise<WalletLine[]> {
    return this.session.call('wallet/statement', { currency, cursor: after, limit });
  }

  /** Hear what the user has at each change, until the function that is returned is called. */
  onChange(changed: (wallet: WalletState) => void): Stop {
    return this.session.on('wallet.changed', ({ data }) => {
      changed(data);
    });
  }
}
