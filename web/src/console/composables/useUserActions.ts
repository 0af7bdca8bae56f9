/** What an operator does to a user: each action asks first, and says why in the audit. */
import { useCommon } from '../i18n/common';
import { useUsersTexts } from '../i18n/users';
import { useAction } from './useAction';
import type { Question, Said } from './useConfirm';
import { useConsole } from './useConsole';
import { secondsOf, sentenceField, useSpanField } from './useFields';

/** What the actions need to know of a user. */
export interface ActedOn {
  readonly userId: string;
  readonly name: string;
}
interface Profile extends ActedOn {
  readonly tag: string;
  readonly tag2: string;
  readonly avatar: string;
}

type Asking = (question: Question, done: string, doIt: (said: Said) => Promise<unknown>) => Promise<boolean>;

export function useUserActions(changed: () => unknown) {
  const { askThen, busy } = useAction();

  async function act(question: Question, done: string, doIt: (said: Said) => Promise<unknown>): Promise<boolean> {
    const was = await askThen(question, doIt, done);
    if (was) await changed();
    return was;
  }

  return { busy, ...useModeration(act), ...useManagement(act) };
}

function useNamed() {
  const { t: common } = useCommon();
  return (user: ActedOn) => ({ name: user.name || user.userId || common('word.unnamed') });
}

/** What keeps somebody out, or lets them in again. */
function useModeration(act: Asking) {
  const { api } = useConsole();
  const { t } = useUsersTexts();
  const named = useNamed();
  const spanField = useSpanField();
  return {
    ban: (user: ActedOn) =>
      act(
        {
          title: t('banTitle', named(user)),
          text: t('banText'),
          action: t('ban'),
          tone: 'danger',
          why: 'must',
          fields: [
            spanField(),
            { name: 'reason', label: t('banShown'), kind: 'text' },
            { name: 'withAddress', label: t('withAddress'), kind: 'switch' },
          ],
        },
        t('wasBanned', named(user)),
        ({ values, why }) =>
          api.call('admin/ban_user', {
            userId: user.userId,
            reason: values.reason ?? '',
            withAddress: values.withAddress === '1',
            ...secondsOf(values),
            why,
          }),
      ),
    warn: (user: ActedOn) =>
      act(
        {
          title: t('warnTitle', named(user)),
          text: t('warnText'),
          action: t('warn'),
          why: 'no',
          fields: [sentenceField(t('warnField'))],
        },
        t('wasWarned', named(user)),
        ({ values }) => api.call('admin/warn_user', { userId: user.userId, text: values.text ?? '' }),
      ),
    unban: (user: ActedOn) =>
      act({ title: t('unbanTitle', named(user)), action: t('unban') }, t('wasUnbanned', named(user)), ({ why }) =>
        api.call('admin/unban_user', { userId: user.userId, why }),
      ),
    signOut: (user: ActedOn) =>
      act({ title: t('outTitle', named(user)), text: t('outText'), action: t('out'), tone: 'danger' }, t('wasOut', named(user)), ({ why }) =>
        api.call('admin/revoke_tokens', { userId: user.userId, why }),
      ),
  };
}

/** What changes an account, or tells its user something. */
function useManagement(act: Asking) {
  const { api } = useConsole();
  const { t } = useUsersTexts();
  const { t: common } = useCommon();
  const named = useNamed();
  return {
    nameAdmin: (user: ActedOn, admin: boolean) =>
      act(
        {
          title: t(admin ? 'makeAdminTitle' : 'unmakeAdminTitle', named(user)),
          text: t('makeAdminText'),
          action: t(admin ? 'makeAdmin' : 'unmakeAdmin'),
          why: 'must',
        },
        t('wasChanged'),
        ({ why }) => api.call('admin/set_admin', { userId: user.userId, admin: admin ? '1' : '0', why }),
      ),
    remove: (user: ActedOn) =>
      act({ title: t('removeTitle', named(user)), text: t('removeText'), action: t('remove'), tone: 'danger', why: 'must' }, t('wasRemoved'), ({ why }) =>
        api.call('admin/delete_user', { userId: user.userId, why }),
      ),
    edit: (user: Profile) =>
      act(
        {
          title: t('editTitle', named(user)),
          action: common('word.save'),
          fields: [
            { name: 'name', label: t('name'), kind: 'text', value: user.name },
            { name: 'tag', label: t('tag'), kind: 'text', value: user.tag },
            { name: 'tag2', label: t('tag2'), kind: 'text', value: user.tag2 },
            { name: 'avatar', label: t('avatar'), kind: 'text', value: user.avatar, most: 500 },
          ],
        },
        t('wasChanged'),
        ({ values, why }) => api.call('admin/update_user', { ...values, userId: user.userId, why }),
      ),
    notice: (user: ActedOn) =>
      act(
        {
          title: t('noticeTitle', named(user)),
          text: t('noticeText'),
          action: t('noticeGo'),
          why: 'no',
          fields: [sentenceField(t('noticeField'))],
        },
        t('noticeSent'),
        ({ values }) => api.call('admin/send_notice', { userId: user.userId, text: values.text ?? '' }),
      ),
  };
}
