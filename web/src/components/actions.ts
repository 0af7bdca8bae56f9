/** What a sheet offers to do. */

import type { IconName } from './icons';

export interface Action {
  readonly id: string;
  readonly icon: IconName;
  readonly text: string;
  /** A second tap does not undo it. */
  readonly grave?: boolean;
  /** What is new about it. */
  readonly note?: string;
}
