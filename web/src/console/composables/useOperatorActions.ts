/** What an administrator does with operators; most of it asks for the password again. */
import type { RowOf } from '../api';
import { useOperatorsTexts } from '../i18n/operators';
import { useAction } from './useAction';
import { type Field, useConfirm } from './useConfirm';
import { useConsole } from './useConsole';

type Row = RowOf<'admin/list_operators'>;
const many = (joined: string | undefined) => (joined ? joined.split(',') : []);

export function useOperatorActions(changed: () => Promise<unknown>) {
  const { api, root, me } = useConsole();
  const { t } = useOperatorsTexts();
  const { askThen, run } = useAction();
  const { ask, show } = useConfirm();

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
    let fields: Field[] = [];
    await run(async () => {
      fields = [{ name: 'name', label: t('nameField'), kind: 'text', needed: true, most: 64 }, ...(await fieldsOf({}))];
    }, '');
    const said = fields.length > 0 ? await ask({ title: t('inviteTitle'), text: t('inviteText'), action: t('invite'), fields }) : null;
    if (said === null) return;
    const { name = '', displayName = '', roles, tenants } = said.values;
    const given = { name: name.trim(), displayName, roles: many(roles), tenants: many(tenants), why: said.why };
    await run(async () => {
      const made = await api.call('admin/invite_operator', given);
      await changed();
      showLink(made.operator.name, made.token);
    }, '');
  }

  async function edit(one: Row): Promise<void> {
    let fields: Field[] = [];
    await run(async () => {
      fields = await fieldsOf(one);
    }, '');
    if (fields.length === 0) return;
    const question = { title: t('editTitle', { name: one.name }), action: t('edit'), fields };
    await askThen(
      question,
      async ({ values, why }) => {
        const given = { displayName: values.displayName ?? '', roles: many(values.roles), tenants: many(values.tenants) };
        await api.call('admin/update_operator', { operatorId: one.operatorId, ...given, why });
        await changed();
      },
      t('changed'),
    );
  }

  async function reset(one: Row): Promise<void> {
    const said = await ask({ title: t('resetTitle', { name: one.name }), text: t('resetText'), action: t('reset'), tone: 'danger', why: 'must' });
    if (said === null) return;
    await run(async () => {
      const made = await api.call('admin/reset_operator', { operatorId: one.operatorId, why: said.why });
      await changed();
      showLink(made.operator.name, made.token);
    }, '');
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
      async ({ why }) => {
        await api.call('admin/disable_operator', { operatorId: one.operatorId, disabled, why });
        await changed();
      },
      t('changed'),
    );
  }

  async function remove(one: Row): Promise<void> {
    await askThen(
      { title: t('removeTitle', { name: one.name }), text: t('removeText'), action: t('remove'), tone: 'danger', why: 'must' },
      async ({ why }) => {
        await api.call('admin/remove_operator', { operatorId: one.operatorId, why });
        await changed();
      },
      t('removed'),
    );
  }

  return { disable, remove };
}
