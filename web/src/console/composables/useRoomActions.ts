/** What an operator does to a room: each action asks first, and says why in the audit. */
import { useCommon } from '../i18n/common';
import { useRoomsTexts } from '../i18n/rooms';
import { useUsersTexts } from '../i18n/users';
import { useAction } from './useAction';
import type { Field } from './useConfirm';
import { useConsole } from './useConsole';
import { secondsOf, sentenceField, useSpanField } from './useFields';

/** What the actions need to know of a room. */
export interface ActedOn {
  readonly roomId: string;
  readonly title: string;
  readonly description: string;
  readonly cover: string;
  readonly category: string;
}

export function useRoomActions(changed: () => unknown) {
  const { api } = useConsole();
  const { t } = useRoomsTexts();
  const { t: common } = useCommon();
  const { askThen, busy } = useAction();
  const nameOf = (room: ActedOn) => room.title || common('word.untitled');

  async function after(done: Promise<boolean>): Promise<void> {
    if (await done) await changed();
  }

  return {
    busy,
    close: (room: ActedOn) =>
      after(
        askThen(
          { title: t('closeTitle', { name: nameOf(room) }), text: t('closeText'), action: t('close'), tone: 'danger', why: 'must' },
          ({ why }) => api.call('admin/close_room', { roomId: room.roomId, why }),
          t('closed'),
        ),
      ),
    bar: (room: ActedOn) =>
      after(
        askThen(
          { title: t('barTitle', { name: nameOf(room) }), text: t('barText'), action: t('bar'), tone: 'danger' },
          ({ why }) => api.call('admin/bar_room', { roomId: room.roomId, why }),
          t('wasBarred'),
        ),
      ),
    unbar: (room: ActedOn) =>
      after(
        askThen(
          { title: t('unbarTitle', { name: nameOf(room) }), action: t('unbar') },
          ({ why }) => api.call('admin/unbar_room', { roomId: room.roomId, why }),
          t('wasUnbarred'),
        ),
      ),
    notice: (room: ActedOn) =>
      after(
        askThen(
          {
            title: t('noticeTitle', { name: nameOf(room) }),
            text: t('noticeText'),
            action: t('noticeGo'),
            why: 'no',
            fields: [sentenceField(t('noticeField'))],
          },
          ({ values }) => api.call('admin/send_notice', { roomId: room.roomId, text: values.text ?? '' }),
          t('noticeSent'),
        ),
      ),
    edit: (room: ActedOn) =>
      after(
        askThen(
          {
            title: t('editTitle', { name: nameOf(room) }),
            action: t('save'),
            fields: [
              { name: 'title', label: t('title'), kind: 'text', value: room.title },
              { name: 'category', label: t('category'), kind: 'text', value: room.category },
              { name: 'description', label: t('description'), kind: 'long', value: room.description, most: 2000 },
              { name: 'cover', label: t('cover'), kind: 'text', value: room.cover, most: 500 },
            ],
          },
          ({ values, why }) => api.call('admin/update_room', { ...values, roomId: room.roomId, why }),
          t('saved'),
        ),
      ),
    ...useRoomMeasures(after),
  };
}

type After = (done: Promise<boolean>) => Promise<void>;
interface Member {
  readonly userId: string;
  readonly name: string;
}

/** What is done to the host, or to somebody in the room. */
function useRoomMeasures(after: After) {
  const { api } = useConsole();
  const { t } = useRoomsTexts();
  const { t: users } = useUsersTexts();
  const { t: common } = useCommon();
  const { askThen } = useAction();
  const named = (user: Member) => ({ name: user.name || user.userId });
  const span = useSpanField()();
  const reason: Field = { name: 'reason', label: users('banShown'), kind: 'text' };
  return {
    warn: (room: ActedOn) =>
      after(
        askThen(
          {
            title: t('warnTitle', { name: room.title || common('word.untitled') }),
            text: t('warnText'),
            action: t('warn'),
            why: 'no',
            fields: [sentenceField(t('warnField'))],
          },
          ({ values }) => api.call('admin/warn_room', { roomId: room.roomId, text: values.text ?? '' }),
          t('wasWarned'),
        ),
      ),
    kick: (room: ActedOn, user: Member) =>
      after(
        askThen(
          { title: t('kickTitle', named(user)), text: t('kickText'), action: t('kick'), tone: 'danger' },
          ({ why }) => api.call('admin/kick_user', { roomId: room.roomId, userId: user.userId, why }),
          t('kicked', named(user)),
        ),
      ),
    mute: (room: ActedOn, user: Member) =>
      after(
        askThen(
          { title: t('muteTitle', named(user)), action: t('mute'), tone: 'danger', fields: [span, reason] },
          ({ values, why }) => api.call('admin/mute_user', { roomId: room.roomId, userId: user.userId, reason: values.reason ?? '', ...secondsOf(values), why }),
          t('wasMuted', named(user)),
        ),
      ),
    banHere: (room: ActedOn, user: Member) =>
      after(
        askThen(
          { title: t('banHereTitle', named(user)), action: t('banHere'), tone: 'danger', fields: [span, reason] },
          ({ values, why }) => api.call('admin/ban_from_room', { roomId: room.roomId, userId: user.userId, reason: values.reason ?? '', ...secondsOf(values), why }),
          t('wasBannedHere', named(user)),
        ),
      ),
  };
}
