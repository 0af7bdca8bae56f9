/** What is done with a webhook: change, pause, test, repair. */
import { useToasts } from '../../composables/useToasts';
import type { RowOf } from '../api';
import { useSystemTexts } from '../i18n/system';
import { useAction } from './useAction';
import { type Field, useConfirm } from './useConfirm';
import { useConsole } from './useConsole';

export type Webhook = RowOf<'admin/list_webhooks'>;
const ALL = ['all'];
const named = (text: string | undefined) => (text ?? '').split(/[,\s]+/).filter((name) => name !== '');
const orAll = (names: string[]) => (names.length > 0 ? names : ALL);

export function useWebhookActions(changed: () => Promise<unknown>) {
  const { api } = useConsole();
  const { t } = useSystemTexts();
  const { askThen, run } = useAction();
  const { ask, show } = useConfirm();
  const { toast } = useToasts();
  const fieldsOf = (one?: Webhook): Field[] => [
    { name: 'url', label: t('url'), kind: 'text', value: one?.url ?? 'https://', needed: true, most: 1000 },
    { name: 'kinds', label: t('kindsField'), kind: 'text', value: one?.kinds.join(', ') ?? '', most: 1000 },
    { name: 'categories', label: t('categoriesField'), kind: 'text', value: one?.categories.join(', ') ?? '', most: 1000 },
  ];

  async function add(): Promise<void> {
    const said = await ask({ title: t('addWebhook'), action: t('add'), fields: fieldsOf() });
    if (said === null) return;
    const { url = '', kinds, categories } = said.values;
    await run(async () => {
      const made = await api.call('admin/create_webhook', { url: url.trim(), kinds: named(kinds), categories: named(categories), why: said.why });
      await changed();
      show({ title: t('secretTitle', { name: url }), text: t('secretText'), secrets: [made.secret] });
    }, '');
  }

  async function edit(one: Webhook): Promise<void> {
    await askThen(
      { title: one.url, action: t('edit'), fields: fieldsOf(one) },
      async ({ values: { url = '', kinds, categories }, why }) => {
        const given = { webhookId: one.webhookId, url: url.trim(), kinds: orAll(named(kinds)), categories: orAll(named(categories)) };
        await api.call('admin/update_webhook', { ...given, why });
        await changed();
      },
      t('changed'),
    );
  }

  async function pause(one: Webhook): Promise<void> {
    const state = one.state === 'on' ? 'off' : 'on';
    await run(() => api.call('admin/update_webhook', { webhookId: one.webhookId, state }).then(changed), t('changed'));
  }

  async function test(one: Webhook): Promise<void> {
    await run(async () => {
      const { delivered, status, milliseconds, problem } = await api.call('admin/test_webhook', { webhookId: one.webhookId });
      if (delivered) toast(t('tested', { status, ms: milliseconds }));
      else toast(t('testFailed', { problem }), 'problem');
      await changed();
    }, '');
  }

  return { add, edit, pause, test, ...useRepairs(changed) };
}

function useRepairs(changed: () => Promise<unknown>) {
  const { api } = useConsole();
  const { t } = useSystemTexts();
  const { askThen, run } = useAction();
  const { toast } = useToasts();
  const { ask, show } = useConfirm();

  async function rotate(one: Webhook): Promise<void> {
    const said = await ask({ title: t('rotateTitle'), text: t('rotateText'), action: t('rotate'), why: 'must' });
    if (said === null) return;
    await run(async () => {
      const made = await api.call('admin/rotate_webhook_secret', { webhookId: one.webhookId, why: said.why });
      show({ title: t('secretTitle', { name: one.url }), text: t('secretText'), secrets: [made.secret] });
    }, '');
  }

  async function replay(one: Webhook): Promise<void> {
    await askThen(
      { title: t('replayTitle', { count: one.deadLetters }), text: t('replayText'), action: t('replay') },
      async ({ why }) => {
        const { events } = await api.call('admin/replay_webhook', { webhookId: one.webhookId, why });
        toast(t('replayed', { count: events }));
        await changed();
      },
      '',
    );
  }

  function remove(one: Webhook): Promise<boolean> {
    return askThen(
      { title: t('removeTitle', { name: one.url }), text: t('removeText'), action: t('remove'), tone: 'danger', why: 'must' },
      ({ why }) => api.call('admin/delete_webhook', { webhookId: one.webhookId, why }).then(changed),
      t('removed'),
    );
  }

  return { rotate, replay, remove };
}
