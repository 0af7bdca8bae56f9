/** Keys of the operator's own programs are made, shown once, and revoked. */
import type { RowOf } from '../api';
import { namesOf } from '../hooks';
import { useSystemTexts } from '../i18n/system';
import { useAction } from './useAction';
import type { Question, Said } from './useConfirm';
import { useConsole } from './useConsole';
import { useSecret } from './useSecret';

type Reload = () => Promise<unknown>;
const LASTS = ['0', '2592000', '7776000', '31536000'] as const;

export function useKeyActions(reload: { readonly server: Reload; readonly app: Reload; readonly login: Reload }) {
  const { api } = useConsole();
  const { t } = useSystemTexts();
  const { askThen } = useAction();
  const showSecret = useSecret();

  async function make(question: Question, name: string, doIt: (said: Said) => Promise<{ secret: string }>, after: Reload): Promise<void> {
    await askThen(
      question,
      async (said) => {
        const { secret } = await doIt(said);
        await after();
        showSecret(said.values[name] ?? '', secret);
      },
      '',
    );
  }

  function remove(title: string, text: string, action: string, doIt: (why: string) => Promise<unknown>): Promise<boolean> {
    return askThen({ title, text, action, tone: 'danger', why: 'must' }, ({ why }) => doIt(why), t('removed'));
  }

  return {
    addServer: () =>
      make(
        {
          title: t('addKey'),
          action: t('addKey'),
          fields: [
            { name: 'name', label: t('name'), kind: 'text', needed: true, most: 64 },
            { name: 'scopes', label: t('scopesField'), kind: 'text', needed: true, most: 500 },
            { name: 'seconds', label: t('lasts'), kind: 'choice', value: '7776000', choices: LASTS.map((value) => ({ value, label: t(`for.${value}`) })) },
          ],
        },
        'name',
        ({ values: { name = '', scopes, seconds }, why }) =>
          api.call('admin/create_server_key', { name, scopes: namesOf(scopes), seconds: Number(seconds), why }),
        reload.server,
      ),
    addApp: () =>
      make(
        { title: t('addAppKey'), action: t('addAppKey'), fields: [{ name: 'name', label: t('name'), kind: 'text', needed: true, most: 64 }] },
        'name',
        ({ values, why }) => api.call('admin/create_app_key', { name: values.name ?? '', why }),
        reload.app,
      ),
    addLogin: () =>
      make(
        { title: t('addLoginSecret'), action: t('addLoginSecret'), fields: [{ name: 'tag', label: t('tagField'), kind: 'text', needed: true, most: 32 }] },
        'tag',
        ({ values, why }) => api.call('admin/create_login_secret', { tag: values.tag ?? '', why }),
        reload.login,
      ),
    revoke: (one: RowOf<'admin/list_server_keys'>) =>
      remove(t('revokeTitle', { name: one.name }), t('revokeText'), t('revoke'), (why) => api.call('admin/revoke_server_key', { keyId: one.keyId, why }).then(reload.server)),
    removeApp: (one: RowOf<'admin/list_app_keys'>) =>
      remove(t('removeTitle', { name: one.name }), t('removeKeyText'), t('remove'), (why) => api.call('admin/delete_app_key', { appKeyId: one.appKeyId, why }).then(reload.app)),
    removeLogin: (one: RowOf<'admin/list_login_secrets'>) =>
      remove(t('removeTitle', { name: one.tag }), t('removeKeyText'), t('remove'), (why) =>
        api.call('admin/delete_login_secret', { loginSecretId: one.loginSecretId, why }).then(reload.login),
      ),
  };
}
