import { RefusedError } from '@liveroom/client';
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { defineComponent, ref } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';

import { useBadges } from '@/console/composables/useBadges';
import { useConfirm } from '@/console/composables/useConfirm';
import { CONSOLE, type Console } from '@/console/composables/useConsole';
import { useMoneyNews } from '@/console/composables/useMoneyNews';
import UserWallet from '@/console/components/UserWallet.vue';
import { type Approval, attempted, Attempts, creditOf, hasLapsed } from '@/console/money';
import MoneyPage from '@/console/pages/MoneyPage.vue';
import { wireTime } from '@/console/time';

const NOW = Date.parse('2026-11-10T12:00:00Z');
const line = { lineId: 'j1.1', journalId: 'j1', kind: 'purchase', amount: 600, promo: false, about: '', timeUtc: '2026-11-10 10:00:00', key: 'GPA.1', by: 'operator:me', reverses: '' };
const approval: Approval = {
  approvalId: 'a1', state: 'asked', kind: 'grant', key: 'k1', amount: 60_000, userId: '7', roomId: '', reason: 'contest', by: 'operator:me', timeUtc: '2026-11-10 10:00:00', decidedBy: '', decidedUtc: '',
  said: { currency: 'coin', amount: 60_000, expires: '2026-12-10 00:00:00', creditId: '', sinceUtc: '', untilUtc: '' },
};

type Answers = Readonly<Record<string, (params: Record<string, unknown>) => unknown>>;

/** A page of the console, for somebody who may do everything; what is asked of the service is answered by the test. */
async function shown(page: object, props: object, answers: Answers, path = '/') {
  const asked: [string, Record<string, unknown>][] = [];
  const answer = (method: string, params: Record<string, unknown>) => {
    asked.push([method, params]);
    return Promise.resolve().then(() => answers[method]?.(params));
  };
  const api = { call: answer, page: answer };
  const console = { api, may: () => true, tenant: ref(''), me: ref({ operatorId: 'me' }), colleagues: { nameOf: (name: string) => name } } as unknown as Console;
  const routes = ['user', 'money'].map((name) => ({ path: `/${name}/:${name}Id?`, name, component: UserWallet }));
  const router = createRouter({ history: createMemoryHistory(), routes: [...routes, { path: '/', component: UserWallet }] });
  await router.push(path);
  const mounted = mount(page, { props, attachTo: document.body, global: { plugins: [router], provide: { [CONSOLE as symbol]: console } } });
  await flushPromises();
  const of = (method: string) => asked.filter(([name]) => name === method).map(([, params]) => params);
  const press = async (testid: string, values: Record<string, string>, why = 'because') => {
    await mounted.get(`[data-testid=${testid}]`).trigger('click');
    await flushPromises();
    const question = useConfirm().asked.value!;
    const given = Object.fromEntries((question.fields ?? []).map(({ name, value = '' }) => [name, value]));
    question.answer({ why, values: { ...given, ...values } });
    await flushPromises();
    return { question, given };
  };
  return { mounted, of, press };
}

const wallet = { coins: 600, promoCoins: 0, points: 5, clearedPoints: 0, frozen: false };
const statement: Answers = { 'admin/wallet': () => wallet, 'admin/wallet_statement': () => ({ rows: [line], nextCursor: '' }) };
const user = { userId: '7', name: 'Ann' };

describe('what is put into a wallet', () => {
  it('has a kind, a currency and a sign', () => {
    expect(creditOf('purchase', 5)).toEqual({ kind: 'purchase', currency: 'coin', amount: 5 });
    expect(creditOf('adjust.-point', 5)).toEqual({ kind: 'adjust', currency: 'point', amount: -5 });
  });

  it('keeps its key and its moments over all attempts, until it is known what came of it', () => {
    const attempts = new Attempts();
    const one = attempts.of('x');
    attempted(one, { days: '7', key: ' order-1 ' }, NOW);
    expect([one.key, one.expires]).toEqual(['order-1', '2026-11-17 12:00:00']);
    attempted(attempts.of('x'), { days: '7', key: 'order-1' }, NOW + 60_000);
    expect(attempts.of('x').expires).toBe('2026-11-17 12:00:00');
    attempted(one, { days: '', key: 'order-1' }, NOW);
    expect(one.expires).toBe('');
    attempts.end('x');
    expect(attempts.of('x').key).not.toBe('order-1');
  });

  it('is asked for again with the same key where no answer came', async () => {
    let fails = true;
    const credit = () => (fails ? Promise.reject(new Error('cut')) : { creditId: 'j2' });
    const { mounted, of, press } = await shown(UserWallet, { user }, { ...statement, 'admin/credit_wallet': credit });
    await press('give', { move: 'grant', amount: '50', days: '30' });
    fails = false;
    const { given, question } = await press('give', {});
    expect(given).toMatchObject({ move: 'grant', amount: '50', days: '30' });
    expect(question.text).toContain('counts once');
    const [first, second] = of('admin/credit_wallet');
    expect(second).toEqual(first);
    expect(first).toMatchObject({ userId: '7', kind: 'grant', currency: 'coin', amount: 50, reason: 'because', why: 'because' });
    expect((await press('give', { amount: '1' })).given.key).not.toBe(first?.key);
    mounted.unmount();
  });

  it('that another has to approve says so, with the way there', async () => {
    const refused = () => Promise.reject(new RefusedError(3054, 'ApprovalRequired', 'above', undefined, null, '', '', 'a1'));
    const { mounted, press } = await shown(UserWallet, { user }, { ...statement, 'admin/credit_wallet': refused });
    await press('give', { amount: '60000' });
    expect(mounted.get('[data-testid=waits] a').attributes('href')).toBe('/money?approval=a1');
    mounted.unmount();
  });
});

it('a credit that was taken back says so, and is not offered to be taken back again', async () => {
  const back = { ...line, lineId: 'j2.1', journalId: 'j2', kind: 'reversal', amount: -600, reverses: 'j1' };
  const rows = [back, line, { ...line, lineId: 'j3.1', journalId: 'j3' }];
  const { mounted } = await shown(UserWallet, { user }, { ...statement, 'admin/wallet_statement': () => ({ rows, nextCursor: '' }) });
  const shownRows = mounted.findAll('[data-row]').map((row) => [row.text().includes('+600'), row.find('td:last-child button').exists()]);
  expect(shownRows).toEqual([[false, false], [true, false], [true, true]]);
  mounted.unmount();
});

describe('a minor’s period', () => {
  const refund = { refundId: 'm1', userId: '7', done: false, gifts: 0, coins: 0, purchases: 0, purchased: 0, skipped: 0, repeated: false };

  it('is taken back for the period that was written, and how far it is is asked for with the same key', async () => {
    const said = [refund, { ...refund, done: true, gifts: 3, coins: 15, purchases: 1, purchased: 600 }];
    const { mounted, of, press } = await shown(UserWallet, { user }, { ...statement, 'admin/refund_minor': () => said.shift() });
    const { given } = await press('minor', { since: ' 2026-11-01 00:00:00', until: '2026-11-10 00:00:00 ' }, 'the father wrote');
    expect(mounted.get('[data-testid=minor-refund]').text()).toContain('being taken back');
    await mounted.get('[data-testid=minor-look]').trigger('click');
    await flushPromises();
    expect(mounted.get('[data-testid=minor-refund]').text()).toContain('Gifts: 3 (15 coins). Purchases: 1 (600 coins).');
    expect(mounted.find('[data-testid=minor-look]').exists()).toBe(false);
    const [first, second] = of('admin/refund_minor');
    expect(first).toEqual({ userId: '7', sinceUtc: '2026-11-01 00:00:00', untilUtc: '2026-11-10 00:00:00', key: given.key, reason: 'the father wrote', why: 'the father wrote' });
    expect(second).toEqual(first);
    mounted.unmount();
  });

  it('above the limit waits for another operator, and what was skipped can be tried again', async () => {
    let approved = false;
    const refused = () => Promise.reject(new RefusedError(3054, 'ApprovalRequired', 'above', undefined, null, '', '', 'a2'));
    const answer = () => (approved ? { ...refund, done: true, gifts: 1, skipped: 2 } : refused());
    const { mounted, press } = await shown(UserWallet, { user }, { ...statement, 'admin/refund_minor': answer });
    await press('minor', {});
    expect(mounted.get('[data-testid=waits] a').attributes('href')).toBe('/money?approval=a2');
    approved = true;
    await press('minor', {});
    expect(mounted.get('[data-testid=minor-refund]').text()).toContain('2 could not be taken back');
    expect(mounted.get('[data-testid=minor-look]').text()).toBe('Try these again');
    mounted.unmount();
  });
});

it('requests lapse after seven days', () => {
  const after = (days: number) => Date.parse('2026-11-10T10:00:01Z') + days * 86_400_000;
  expect([hasLapsed(approval, after(6)), hasLapsed(approval, after(7))]).toEqual([false, true]);
  const approved = { ...approval, state: 'approved' as const, decidedUtc: '2026-11-12 10:00:00' };
  expect([hasLapsed(approved, after(7)), hasLapsed(approved, after(9))]).toEqual([false, true]);
  expect(hasLapsed({ ...approval, state: 'done' }, after(99))).toBe(false);
});

describe('a request', () => {
  const fresh = { ...approval, timeUtc: wireTime(new Date()) };
  const list = (one: Approval): Answers => ({ 'admin/list_approvals': () => ({ rows: [one], nextCursor: '' }) });

  it('of oneself cannot be approved, and says why', async () => {
    const { mounted } = await shown(MoneyPage, {}, list(fresh), '/money?approval=a1');
    expect(mounted.get('[data-testid=approve]').attributes('disabled')).toBeDefined();
    expect(mounted.get('[data-testid=obstacle]').text()).toContain('another operator');
    mounted.unmount();
  });

  it('of another is approved, and is gone from those that wait', async () => {
    const { mounted, of, press } = await shown(MoneyPage, {}, list({ ...fresh, by: 'operator:other' }), '/money?approval=a1');
    await press('approve', {}, '');
    expect(of('admin/decide_approval')).toEqual([{ approvalId: 'a1', approve: true, why: '' }]);
    expect(mounted.findAll('[data-row]')).toHaveLength(0);
    mounted.unmount();
  });

  it('that was approved is carried out by whoever asked, word for word', async () => {
    const approved = { ...fresh, state: 'approved' as const, decidedBy: 'operator:other', decidedUtc: fresh.timeUtc };
    const { mounted, of, press } = await shown(MoneyPage, {}, list(approved), '/money?state=approved&approval=a1');
    await press('carry-out', {}, '');
    const said = { userId: '7', kind: 'grant', currency: 'coin', amount: 60_000, key: 'k1', expires: '2026-12-10 00:00:00' };
    expect(of('admin/credit_wallet')).toEqual([{ ...said, reason: 'contest', why: 'contest' }]);
    mounted.unmount();
  });

  it('for a minor’s period shows it to whoever decides, and is carried out with it', async () => {
    const period = { sinceUtc: '2026-11-01 00:00:00', untilUtc: '2026-11-09 00:00:00' };
    const approved = { ...fresh, kind: 'minor_refund' as const, state: 'approved' as const, decidedUtc: fresh.timeUtc, said: { ...fresh.said, expires: '', ...period } };
    const { mounted, of, press } = await shown(MoneyPage, {}, list(approved), '/money?state=approved&approval=a1');
    expect(mounted.get('[data-testid=approval]').text()).toContain('Period');
    await press('carry-out', {}, '');
    expect(of('admin/refund_minor')).toEqual([{ userId: '7', ...period, key: 'k1', reason: 'contest', why: 'contest' }]);
    mounted.unmount();
  });
});

it('the badge says how many wait, for whoever decides', async () => {
  const watching = defineComponent({ setup: () => (useMoneyNews(), () => null) });
  const { mounted } = await shown(watching, {}, { 'admin/list_approvals': () => ({ rows: [approval, { ...approval, approvalId: 'a2' }], nextCursor: '' }) });
  expect(useBadges().value.money).toBe('2');
  mounted.unmount();
  expect(useBadges().value.money).toBe('');
});
