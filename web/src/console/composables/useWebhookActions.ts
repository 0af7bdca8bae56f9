/** What is done with a webhook: change, pause, test, repair. */
import { useToasts } from '../../composables/useToasts';
import type { RowOf } from '../api';
import { allOr, namesOf } from '../hooks';
import { useSystemTexts } from '../i18n/system';
import { useAction } from './useAction';
import type { Field } from './useConfirm';
import { useConsole } from './useConsole';
import { useSecret } from './useSecret';

export type Webhook = RowOf<'admin/list_webhooks'>;

export function useWebhookActions(changed: () => Promise<unknown>) {
  const { api } = useConsole();
  const { t } = useSystemTexts();
  const { askThen, run } = useAction();
  const { toast } = useToasts();
  const showSecret = useSecret();
  const fieldsOf = (one?: Webhook): Field[] => [
    { name: 'url', label: t('url'), kind: 'text', value: one?.url ?? 'https://', needed: true, most: 1000 },
    { name: 'kinds', label: t('kindsField'), kind: 'text', value: one?.kinds.join(', ') ?? '', most: 1000 },
    { name: 'categories', label: t('categoriesField'), kind: 'text', value: one?.categories.join(', ') ?? '', most: 1000 },
  ];

  async function add(): Promise<void> {
    await askThen(
      { title: t('addWebhook'), action: t('add'), fields: fieldsOf() },
      async ({ values: { url = '', kinds, categories }, why }) => {
        const made = await api.call('admin/create_webhook', { url: url.trim(), kinds: namesOf(kinds), categories: namesOf(categories), why });
        await changed();
        showSecret(url, made.secret);
      },
      '',
    );
  }

  async function edit(one: Webhook): Promise<void> {
    await askThen(
      { title: one.url, action: t('edit'), fields: fieldsOf(one) },
      ({ values: { url = '', kinds, categories }, why }) => {
        const given = { url: url.trim(), kinds: allOr(namesOf(kinds)), categories: allOr(namesOf(categories)) };
        return api.call('admin/update_webhook', { webhookId: one.webhookId, ...given, why }).then(changed);
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
  const { askThen } = useAction();
  const { toast } = useToasts();
  const showSecret = useSecret();

  async function rotate(one: Webhook): Promise<void> {
    await askThen(
      { title: t('rotateTitle'), text: t('rotateText'), action: t('rotate'), why: 'must' },
      async ({ why }) => {
        showSecret(one.url, (await api.call('admin/rotate_webhook_secret', { webhookId: one.webhookId, why })).secret);
      },
      '',
    );
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
