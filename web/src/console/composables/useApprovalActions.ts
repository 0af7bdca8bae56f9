/** Approvals of what is much: another operator decides, and whoever asked carries it out. */
import { useMoneyTexts } from '../i18n/money';
import { type Approval, CREDITS, hasLapsed, periodOf } from '../money';
import { useAction } from './useAction';
import { useAmounts } from './useAmounts';
import { useConsole } from './useConsole';
import { useNow } from './useNow';

/** `changed` is told of each request that was decided or carried out. */
export function useApprovalActions(changed: (approvalId: string) => void) {
  const { api, me, may } = useConsole();
  const { t, named } = useMoneyTexts();
  const { askThen, busy } = useAction();
  const amounts = useAmounts();
  const now = useNow();
  const isOwn = (one: Approval) => one.by === `operator:${me.value?.operatorId ?? ''}`;
  const lapsed = (one: Approval) => hasLapsed(one, now.value);
  const amountOf = (one: Approval) => amounts.named(one.said.currency === '' ? one.amount : one.said.amount, one.said.currency);
  const said = (one: Approval) => ({ what: `${named('kind', one.kind)} (${amountOf(one)})`, user: one.userId || one.roomId || one.reason });

  async function decide(one: Approval, approve: boolean): Promise<void> {
    const question = {
      title: t(approve ? 'approveTitle' : 'refuseTitle', said(one)),
      text: t(approve ? 'approveText' : 'refuseText'),
      action: t(approve ? 'approve' : 'refuse'),
      tone: approve ? ('plain' as const) : ('danger' as const),
      why: approve ? ('may' as const) : ('must' as const),
    };
    await askThen(
      question,
      async ({ why }) => {
        await api.call('admin/decide_approval', { approvalId: one.approvalId, approve, why });
        changed(one.approvalId);
      },
      t(approve ? 'approved' : 'refused'),
    );
  }

  /** Repeat what was asked for: the service knows it by its key, and does it once. */
  function repeat({ said: { creditId, currency, amount, expires, sinceUtc, untilUtc }, userId, kind, key, reason }: Approval): Promise<unknown> {
    if (kind === 'bonus') return api.call('admin/settle', { period: periodOf(key), why: reason });
    if (sinceUtc && untilUtc) return api.call('admin/refund_minor', { userId, sinceUtc, untilUtc, key, reason, why: reason });
    if (creditId !== '') return api.call('admin/reverse_credit', { creditId, key, reason, why: reason });
    return api.call('admin/credit_wallet', { userId, kind, currency, amount, key, reason, why: reason, ...(expires === '' ? {} : { expires }) });
  }

  async function carryOut(one: Approval): Promise<void> {
    await askThen(
      { title: t('carryTitle', said(one)), text: t('carryText'), action: t('carryOut'), why: 'no' },
      async () => {
        await repeat(one);
        changed(one.approvalId);
      },
      t('carried'),
    );
  }

  return {
    busy,
    lapsed,
    amountOf,
    approve: (one: Approval) => decide(one, true),
    refuse: (one: Approval) => decide(one, false),
    carryOut,
    mayDecide: (one: Approval) => one.state === 'asked' && may('money.approve'),
    /** Why it cannot be decided here; empty where it can. */
    obstacle: (one: Approval) => (isOwn(one) ? t('own') : lapsed(one) ? t('tooOld') : ''),
    mayCarryOut: (one: Approval) => one.state === 'approved' && (one.kind === 'bonus' ? may('payouts.close_period') : may('money.credit') && one.said.currency !== '' && (CREDITS.has(one.kind) || one.said.creditId !== '' || Boolean(one.said.sinceUtc))),
    /** Why it cannot be carried out here. */
    delay: (one: Approval) => (!isOwn(one) ? t('onlyAsker') : lapsed(one) ? t('tooOld') : ''),
  };
}
