/** What a request for a connection came to, in words; null where it speaks for itself. */

import type { ConnectionOutcome } from '@liveroom/client';

import type { TextKey } from '../i18n/en';

export function outcomeText(result: ConnectionOutcome['result'] | undefined): TextKey | null {
  switch (result) {
    case 'roomNotExists':
      return 'connect.missing';
    case 'connectingOtherRoom':
      return 'connect.elsewhere';
    case 'connectionFull':
      return 'connect.full';
    default:
      return null;
  }
}
