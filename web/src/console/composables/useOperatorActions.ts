/** What an administrator does with operators; most of it asks for the password again. */
import type { RowOf } from '../api';
import { useOperatorsTexts } from '../i18n/operators';
import { useAction } from './useAction';
import { type Field, useConfirm } from './useConfirm';
import { useConsole } from './useConsole';

type Row = RowOf<'admin/list_operators'>;
const many = (joined: string | undefined) => (joined ? joined.split(',') : []);

/** What the dialog's values mean to the service. */
function givenOf({ displayName = '', roles, tenants }: Readonly<Record<string, string>>) {
  return { displayName, roles: many(roles), tenants: many(tenants) };
}

export function useOperatorActions(changed: () => Promise<unknown>) {
  const { api, root, me } = useConsole();
  const { t } = useOperatorsTexts();
  const { askThen } = useAction();
  const { show } = useConfirm();

  async function fieldsOf(one: Partial<Row>): Promise<Field[]> {
    const roles = (await api.call('admin/list_roles', {})).map(({ role }) => ({ label: role, value: role }));
    const named = (me.value?.tenants ?? []).map((name) => name || 'default');
    const tenants = ['*', ...named].map((value) => ({ value, label: value === '*' ? t('allTenants') : value }));
    return [
      { name: 'displayName', label: t('shown'), kind: 'text', value: one.displayName ?? '', most: 100 },
      { name: 'roles', label: t('roles'), kind: 'many', choices: roles, value: (one.roles ?? ['viewer']).join(','), needed: true },
      { name: 'tenants', label: t('tenants'), kind: 'many', choices: tenants, value: (one.tenants ?? ['*']).join(','), needed: true },
    ];
  }

  function showLink(name: string, token: string): void {
    const link = `${window.location.origin}${root}console/#invitation=${token}`;
    show({ title: t('linkTitle', { name }), text: t('linkText'), secrets: [link] });
  }

  async function invite(): Promise<void> {
    const name: Field = { name: 'name', label: t('nameField'), kind: 'text', needed: true, most: 64 };
    await askThen(
      async () => ({ title: t('inviteTitle'), text: t('inviteText'), action: t('invite'), fields: [name, ...(await fieldsOf({}))] }),
      async ({ values, why }) => {
        const made = await api.call('admin/invite_operator', { name: (values.name ?? '').trim(), ...givenOf(values), why });
        await changed();
        showLink(made.operator.name, made.token);
      },
      '',
    );
  }

  async function edit(one: Row): Promise<void> {
    await askThen(
      async () => ({ title: t('editTitle', { name: one.name }), action: t('edit'), fields: await fieldsOf(one) }),
      ({ values, why }) => api.call('admin/update_operator', { operatorId: one.operatorId, ...givenOf(values), why }).then(changed),
      t('changed'),
    );
  }

  async function reset(one: Row): Promise<void> {
    await askThen(
      { title: t('resetTitle', { name: one.name }), text: t('resetText'), action: t('reset'), tone: 'danger', why: 'must' },
      async ({ why }) => {
        const made = await api.call('admin/reset_operator', { operatorId: one.operatorId, why });
        await changed();
        showLink(made.operator.name, made.token);
      },
      '',
    );
  }

  const picks: Record<string, (one: Row) => Promise<void>> = { edit, reset, ...useEndings(changed) };
  return { invite, pick: (key: string, one: Row) => picks[key]?.(one) };
}

/** What keeps an operator out. */
function useEndings(changed: () => Promise<unknown>) {
  const { api } = useConsole();
  const { t } = useOperatorsTexts();
  const { askThen } = useAction();

  async function disable(one: Row): Promise<void> {
    const disabled = one.state !== 'disabled';
    const word = disabled ? 'disable' : 'enable';
    await askThen(
      { title: t(`${word}Title`, { name: one.name }), text: disabled ? t('disableText') : '', action: t(word), tone: disabled ? 'danger' : 'plain', why: 'must' },
      ({ why }) => api.call('admin/disable_operator', { operatorId: one.operatorId, disabled, why }).then(changed),
      t('changed'),
    );
  }

  async function remove(one: Row): Promise<void> {
    await askThen(
      { title: t('removeTitle', { name: one.name }), text: t('removeText'), action: t('remove'), tone: 'danger', why: 'must' },
      ({ why }) => api.call('admin/remove_operator', { operatorId: one.operatorId, why }).then(changed),
      t('removed'),
    );
  }

  return { disable, remove };
}
