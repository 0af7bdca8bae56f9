/** What an operator does to a room: each action asks first, and says why in the audit. */
import { useCommon } from '../i18n/common';
import { useRoomsTexts } from '../i18n/rooms';
import { useUsersTexts } from '../i18n/users';
import { useAction } from './useAction';
import type { Field, Said } from './useConfirm';
import { useConsole } from './useConsole';
import { BAN_SECONDS } from './useUserActions';

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
            fields: [{ name: 'text', label: t('noticeField'), kind: 'long', needed: true, most: 500 }],
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
  const span: Field = { name: 'seconds', label: users('banFor'), kind: 'choice', value: '86400', choices: BAN_SECONDS.map((value) => ({ value, label: users(`for.${value}`) })) };
  const reason: Field = { name: 'reason', label: users('banShown'), kind: 'text' };
  const secondsOf = ({ values }: Said) => (values.seconds ? { seconds: Number(values.seconds) } : {});
  return {
    warn: (room: ActedOn) =>
      after(
        askThen(
          {
            title: t('warnTitle', { name: room.title || common('word.untitled') }),
            text: t('warnText'),
            action: t('warn'),
            why: 'no',
            fields: [{ name: 'text', label: t('warnField'), kind: 'long', needed: true, most: 500 }],
          },
          ({ values }) => api.call('admin/warn_room', { roomId: room.roomId, text: values.text ?? '' }),
          t('wasWarned'),
        ),
      ),
    kick: (room: ActedOn, user: { readonly userId: string; readonly name: string }) =>
      after(
        askThen(
          { title: t('kickTitle', { name: user.name || user.userId }), text: t('kickText'), action: t('kick'), tone: 'danger' },
          ({ why }) => api.call('admin/kick_user', { roomId: room.roomId, userId: user.userId, why }),
          t('kicked', { name: user.name || user.userId }),
        ),
      ),
    mute: (room: ActedOn, user: Member) =>
      after(
        askThen(
          { title: t('muteTitle', named(user)), action: t('mute'), tone: 'danger', fields: [span, reason] },
          (said) => api.call('admin/mute_user', { roomId: room.roomId, userId: user.userId, reason: said.values.reason ?? '', ...secondsOf(said), why: said.why }),
          t('wasMuted', named(user)),
        ),
      ),
    banHere: (room: ActedOn, user: Member) =>
      after(
        askThen(
          { title: t('banHereTitle', named(user)), action: t('banHere'), tone: 'danger', fields: [span, reason] },
          (said) => api.call('admin/ban_from_room', { roomId: room.roomId, userId: user.userId, reason: said.values.reason ?? '', ...secondsOf(said), why: said.why }),
          t('wasBannedHere', named(user)),
        ),
      ),
  };
}
