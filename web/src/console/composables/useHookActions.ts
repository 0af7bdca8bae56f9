/** What is done with a hook: add, change, try out, remove. */
import { useToasts } from '../../composables/useToasts';
import { allOr, BEFORE, type Hook, namesOf, OTHERWISE, patienceOf } from '../hooks';
import { useHooksTexts } from '../i18n/hooks';
import { useAction } from './useAction';
import { type Field, useConfirm } from './useConfirm';
import { useConsole } from './useConsole';

const USUAL = { url: 'https://', categories: [], timeoutMs: 1000, otherwise: 'allow' };

export function useHookActions(changed: () => Promise<unknown>) {
  const { api } = useConsole();
  const { t } = useHooksTexts();
  const { askThen, run } = useAction();
  const { show } = useConfirm();
  const { toast } = useToasts();

  function fieldsOf(one: Pick<Hook, 'url' | 'categories' | 'timeoutMs' | 'otherwise'>): Field[] {
    const patience = patienceOf(one.timeoutMs).map((ms) => ({ value: String(ms), label: `${ms} ms` }));
    return [
      { name: 'url', label: t('url'), kind: 'text', value: one.url, needed: true, most: 1000 },
      { name: 'categories', label: t('categoriesField'), kind: 'text', value: one.categories.join(', '), most: 1000 },
      { name: 'timeoutMs', label: t('timeoutField'), kind: 'choice', value: String(one.timeoutMs), choices: patience },
      { name: 'otherwise', label: t('otherwiseField'), kind: 'choice', value: one.otherwise, choices: OTHERWISE.map((value) => ({ value, label: t(`otherwise.${value}`) })) },
    ];
  }

  function givenOf({ url = '', timeoutMs, otherwise = '' }: Readonly<Record<string, string>>) {
    return { url: url.trim(), timeoutMs: Number(timeoutMs), otherwise };
  }

  function showSecret(name: string, secret: string): void {
    show({ title: t('secretTitle', { name }), text: t('secretText'), secrets: [secret] });
  }

  async function add(): Promise<void> {
    const moments = BEFORE.map((value) => ({ value, label: t(`before.${value}`) }));
    const fields: Field[] = [{ name: 'before', label: t('beforeField'), kind: 'choice', value: BEFORE[0], choices: moments }, ...fieldsOf(USUAL)];
    await askThen(
      { title: t('addHook'), action: t('add'), fields },
      async ({ values, why }) => {
        const before = values.before ?? '';
        const given = { ...givenOf(values), ...(before === 'gift' ? { otherwise: 'refuse' } : {}) };
        const made = await api.call('admin/create_hook', { before, ...given, categories: namesOf(values.categories), why });
        showSecret(given.url, made.secret);
        await changed();
      },
      '',
    );
  }

  async function edit(one: Hook): Promise<void> {
    await askThen(
      { title: one.url, action: t('edit'), fields: fieldsOf(one) },
      ({ values, why }) => {
        const given = { ...givenOf(values), categories: allOr(namesOf(values.categories)) };
        return api.call('admin/update_hook', { hookId: one.hookId, ...given, why }).then(changed);
      },
      t('changed'),
    );
  }

  async function test(one: Hook): Promise<void> {
    await run(async () => {
      const { answered, allow, message, milliseconds: ms, problem } = await api.call('admin/test_hook', { hookId: one.hookId });
      if (!answered) toast(t('testFailed', { problem }), 'problem');
      else toast(allow ? t('testAllowed', { ms }) : t('testRefused', { ms, message }));
      await changed();
    }, '');
  }

  async function rotate(one: Hook): Promise<void> {
    await askThen(
      { title: t('rotateTitle'), text: t('rotateText'), action: t('rotate'), why: 'must' },
      async ({ why }) => {
        showSecret(one.url, (await api.call('admin/rotate_hook_secret', { hookId: one.hookId, why })).secret);
      },
      '',
    );
  }

  function remove(one: Hook): Promise<boolean> {
    return askThen(
      { title: t('removeTitle', { name: one.url }), text: t('removeText'), action: t('remove'), tone: 'danger', why: 'must' },
      ({ why }) => api.call('admin/delete_hook', { hookId: one.hookId, why }).then(changed),
      t('removed'),
    );
  }

  return { add, edit, test, rotate, remove };
}
