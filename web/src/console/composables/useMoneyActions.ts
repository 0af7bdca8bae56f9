/** What an operator does with a user's wallet: each action counts once for its key, however often it is tried. */
import { Code, type Data, isRefused } from '@liveroom/client';
import { ref } from 'vue';

import { useToasts } from '../../composables/useToasts';
import type { RowOf } from '../api';
import { useMoneyTexts } from '../i18n/money';
import { type Attempt, attempted, Attempts, creditOf, MOVES, type MoveName } from '../money';
import { wireTime } from '../time';
import { useAction } from './useAction';
import { useAmounts } from './useAmounts';
import type { Question, Said } from './useConfirm';
import { useConsole } from './useConsole';
import type { ActedOn } from './useUserActions';

export type WalletLine = RowOf<'admin/wallet_statement'>;
/** A minor's period that is taken back, and how far it is. */
export type MinorRefund = Data<'admin/refund_minor'>;

const DAYS = ['', '7', '30', '90', '365'] as const;
/** After these the key is of no use any more; after others, nothing was done, or it is not known. */
const ENDED = [Code.KEY_REUSED, Code.APPROVAL_REQUIRED, Code.PERMISSION_DENIED];
const MONTH_MS = 30 * 86_400_000;
const attempts = new Attempts();

export function useMoneyActions(user: () => ActedOn, changed: () => unknown) {
  const { api, tenant } = useConsole();
  const { t } = useMoneyTexts();
  const { askThen, busy } = useAction();
  const { toast } = useToasts();
  const amounts = useAmounts();
  /** The request that another operator has to approve, after an action that needs it. */
  const waiting = ref('');

  /** Ask and do; what was tried is gone on with the next time, unless it is known what came of it. */
  async function attempt(what: string, question: (attempt: Attempt) => Question, act: (said: Said, attempt: Attempt) => Promise<unknown>, done: string): Promise<void> {
    const name = `${tenant.value} ${user().userId} ${what}`;
    const one = attempts.of(name);
    waiting.value = '';
    await askThen(
      question(one),
      async (said) => {
        attempted(one, said.values, Date.now());
        try {
          await act(said, one);
          attempts.end(name);
          toast(done);
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

  const give = () =>
    attempt(
      'give',
      ({ key, values, tried }) => ({
        title: t('giveTitle', { name: user().name || user().userId }),
        text: t(tried ? 'again' : 'giveText'),
        action: t('give'),
        why: 'must',
        fields: [
          { name: 'move', label: t('giveWhat'), kind: 'choice', value: values.move ?? 'purchase', choices: MOVES.map((value) => ({ value, label: t(`move.${value}`) })) },
          { name: 'amount', label: t('amount'), kind: 'whole', value: values.amount ?? '', needed: true },
          { name: 'days', label: t('giveExpires'), kind: 'choice', value: values.days ?? '', choices: DAYS.map((value) => ({ value, label: value === '' ? t('never') : t(`in.${value}`) })), where: { field: 'move', is: 'grant' } },
          { name: 'key', label: t('giveKey'), kind: 'text', value: key, needed: true, most: 64 },
        ],
      }),
      ({ values: { move = 'purchase', amount = '' }, why }, { key, expires }) =>
        api.call('admin/credit_wallet', {
          ...creditOf(move as MoveName, Number(amount)),
          ...(move === 'grant' && expires !== '' ? { expires } : {}),
          userId: user().userId,
          key,
          reason: why,
          why,
        }),
      t('given'),
    );

  const takeBack = (line: WalletLine, currency: string) =>
    attempt(
      `take back ${line.journalId}`,
      ({ tried }) => ({
        title: t('takeBackTitle', { amount: amounts.named(line.amount, currency) }),
        text: t(tried ? 'again' : 'takeBackText'),
        action: t('takeBack'),
        tone: 'danger',
        why: 'must',
      }),
      ({ why }, { key }) => api.call('admin/reverse_credit', { creditId: line.journalId, key, reason: why, why }),
      t('wasTakenBack'),
    );

  const minor = useMinorRefund(user, changed, attempt);
  return { busy, waiting, give, takeBack, ...minor, ...useFreezing(user, changed) };
}

type Attempting = (what: string, question: (attempt: Attempt) => Question, act: (said: Said, attempt: Attempt) => Promise<unknown>, done: string) => Promise<void>;

/** The user was a minor: what they sent and bought in a period goes back. The same key says how far it is. */
function useMinorRefund(user: () => ActedOn, changed: () => unknown, attempt: Attempting) {
  const { api } = useConsole();
  const { t } = useMoneyTexts();
  const { run } = useAction();
  const refund = ref<MinorRefund | null>(null);
  let asked: { userId: string; sinceUtc: string; untilUtc: string; key: string; reason: string; why: string } | null = null;

  async function call(): Promise<void> {
    if (asked) refund.value = await api.call('admin/refund_minor', asked);
  }

  const refundMinor = () =>
    attempt(
      'minor',
      ({ key, values, tried }) => ({
        title: t('minorTitle', { name: user().name || user().userId }),
        text: t(tried ? 'again' : 'minorText'),
        action: t('minor'),
        tone: 'danger',
        why: 'must',
        fields: [
          { name: 'since', label: t('minorSince'), kind: 'text', value: values.since ?? wireTime(new Date(Date.now() - MONTH_MS)), needed: true, most: 19 },
          { name: 'until', label: t('minorUntil'), kind: 'text', value: values.until ?? wireTime(new Date()), needed: true, most: 19 },
          { name: 'key', label: t('minorKey'), kind: 'text', value: key, needed: true, most: 64 },
        ],
      }),
      ({ values: { since = '', until = '' }, why }, { key }) => {
        asked = { userId: user().userId, sinceUtc: since.trim(), untilUtc: until.trim(), key, reason: why, why };
        return call();
      },
      t('minorAsked'),
    );

  const lookAtMinor = () =>
    run(async () => {
      await call();
      await changed();
    }, '');

  return { refund, refundMinor, lookAtMinor };
}

/** While a wallet is looked into, nothing is moved in or out of it. */
function useFreezing(user: () => ActedOn, changed: () => unknown) {
  const { api } = useConsole();
  const { t } = useMoneyTexts();
  const { askThen } = useAction();

  async function freeze(frozen: boolean): Promise<void> {
    const name = user().name || user().userId;
    const question: Question = frozen
      ? { title: t('freezeTitle', { name }), text: t('freezeText'), action: t('freeze'), tone: 'danger', why: 'must' }
      : { title: t('thawTitle', { name }), action: t('thaw'), why: 'must' };
    await askThen(
      question,
      async ({ why }) => {
        await api.call('admin/freeze_wallet', { userId: user().userId, frozen, reason: why, why });
        await changed();
      },
      t(frozen ? 'wasFrozen' : 'wasThawed'),
    );
  }

  return { freeze };
}
