/** Says wherever the user is that a broadcast begins of which they wanted to be reminded. */

import { useTexts } from '../i18n/texts';
import { useToasts } from './useToasts';
import { useUserEvents } from './useUserEvents';

/** `isShown`: the room's own screen says it. */
export function useDueReminders(isShown: (roomId: string) => boolean): void {
  const { t, unnamed } = useTexts();
  const { toast } = useToasts();
  useUserEvents({
    'reminder.due': ({ data }) => {
      if (isShown(data.roomId)) return;
      const title = data.title || t('room.untitled', { host: data.name || unnamed(data.userId) });
      toast(t(`waiting.${data.reason}`, { title }));
    },
  });
}
