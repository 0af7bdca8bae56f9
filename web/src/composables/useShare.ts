/** Copy the address of what is shown. */

import { useTexts } from '../i18n/texts';
import { useToasts } from './useToasts';

export function useShare(): () => Promise<void> {
  const { t } = useTexts();
  const { toast } = useToasts();
  return async () => {
    const address = window.location.href;
    const copied = await copy(address);
    toast(copied ? t('room.shared') : address);
  };
}

/** Pages over plain http have no clipboard. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
