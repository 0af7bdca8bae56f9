/** What an operator does with red envelopes: send one of the house's, which counts once for its key, and end one. */
import { Code, isRefused } from '@liveroom/client';
import { ref } from 'vue';

import { useToasts } from '../../composables/useToasts';
import type { RowOf } from '../api';
import { useEnvelopesTexts } from '../i18n/envelopes';
import { attempted, Attempts } from '../money';
import { useAction } from './useAction';
import { useAmounts } from './useAmounts';
import type { Field } from './useConfirm';
import { useConsole } from './useConsole';

const SPLITS = ['random', 'equal'] as const;
const AUDIENCES = ['everyone', 'present', 'followers'] as const;
/** What is known to have come of an attempt, so that its key is of no use any more. */
const ENDED = [Code.KEY_REUSED, Code.PERMISSION_DENIED];
const attempts = new Attempts();

export function useEnvelopeActions(changed: () => unknown) {
  const { api, tenant } = useConsole();
  const { t } = useEnvelopesTexts();
  const { toast } = useToasts();
  const { askThen, busy } = useAction();
  const { plain } = useAmounts();
  /** The request that another operator has to approve. */
  const waiting = ref('');

  const fieldsOf = (values: Readonly<Record<string, string>>, key: string): Field[] => [
    { name: 'coins', label: t('sendCoins'), kind: 'whole', value: values.coins ?? '', needed: true },
    { name: 'parts', label: t('sendParts'), kind: 'whole', value: values.parts ?? '10', needed: true },
    { name: 'split', label: t('split'), kind: 'choice', value: values.split ?? 'random', choices: SPLITS.map((value) => ({ value, label: t(`split.${value}`) })) },
    { name: 'audience', label: t('audience'), kind: 'choice', value: values.audience ?? 'everyone', choices: AUDIENCES.map((value) => ({ value, label: t(`audience.${value}`) })) },
    { name: 'opensIn', label: t('opensIn'), kind: 'whole', value: values.opensIn ?? '0', needed: true },
    { name: 'lasts', label: t('lasts'), kind: 'whole', value: values.lasts ?? '120', needed: true },
    { name: 'key', label: t('key'), kind: 'text', value: key, needed: true, most: 64 },
  ];

  /** Ask and send; what was tried is gone on with the next time, unless it is known what came of it. */
  async function send(roomId: string): Promise<void> {
    const name = `${tenant.value} ${roomId}`;
    const attempt = attempts.of(name);
    await askThen(
      { title: t('sendTitle'), text: t(attempt.tried ? 'again' : 'sendText'), action: t('send'), why: 'must', fields: fieldsOf(attempt.values, attempt.key) },
      async ({ values, why }) => {
        waiting.value = '';
        attempted(attempt, values, Date.now());
        const { coins, parts, opensIn, lasts } = values;
        const counts = { coins: Number(coins), parts: Number(parts), opensIn: Number(opensIn), lasts: Number(lasts) };
        try {
          await api.call('admin/send_envelope', { roomId, ...counts, split: values.split ?? 'random', audience: values.audience ?? 'everyone', key: attempt.key, reason: why, why });
          attempts.end(name);
          toast(t('wasSent'));
        } catch (failure) {
          if (isRefused(failure, ...ENDED)) attempts.end(name);
          if (!isRefused(failure, Code.APPROVAL_REQUIRED)) throw failure;
          waiting.value = failure.approvalId;
        }
        await changed();
      },
      '',
    );
  }

  const end = (one: RowOf<'admin/list_envelopes'>) =>
    askThen(
      { title: t('endTitle'), text: t('endText', { coins: plain(one.rest) }), action: t('end'), tone: 'danger', why: 'must' },
      async ({ why }) => {
        await api.call('admin/cancel_envelope', { envelopeId: one.envelopeId, reason: why, why });
        await changed();
      },
      t('ended'),
    );

  return { busy, waiting, send, end };
}
