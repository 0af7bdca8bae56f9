/** What went wrong with a call, in a sentence for the operator. */
import { RefusedError } from '@liveroom/client';

import { useCommon } from '../i18n/common';

export function useFailure() {
  const { t } = useCommon();
  return (failure: unknown): string => {
    if (!(failure instanceof RefusedError)) return t('error.unreachable');
    if (failure.retryAfter !== null && failure.retryAfter > 0) return t('error.wait', { seconds: failure.retryAfter });
    return t('error.other', { message: failure.message, code: failure.code });
  };
}

/** The id under which the service's log has a call; empty where it has none. */
export function requestOf(failure: unknown): string {
  return failure instanceof RefusedError ? failure.requestId : '';
}
