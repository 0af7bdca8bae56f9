/** Something that is done with a tap: what comes of it is said in a note that goes by itself. */

import { useTexts } from '../i18n/texts';
import { useToasts } from './useToasts';

/** Return how to do something; the function says whether it was done. */
export function useAct() {
  const { failure } = useTexts();
  const { toast } = useToasts();
  return async (work: () => Promise<unknown>, done = ''): Promise<boolean> => {
    try {
      await work();
      if (done) toast(done);
      return true;
    } catch (refused) {
      toast(failure(refused), 'problem');
      return false;
    }
  };
}
