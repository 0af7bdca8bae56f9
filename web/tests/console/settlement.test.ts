import { RefusedError } from '@liveroom/client';
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { ref } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';

import PayoutsPage from '@/console/pages/PayoutsPage.vue';
import SettlementPage from '@/console/pages/SettlementPage.vue';
import { useConfirm } from '@/console/composables/useConfirm';
import { CONSOLE, type Console } from '@/console/composables/useConsole';
import { periodOf } from '@/console/money';

type Answers = Readonly<Record<string, (params: Record<string, unknown>) => unknown>>;

/** A page for somebody who may do everything but what is named; what is asked of the service is answered by the test. */
async function shown(page: object, answers: Answers, path = '/', without: readonly string[] = []) {
  const asked: [string, Record<string, unknown>][] = [];
  const answer = (method: string, params: Record<string, unknown>) => {
    asked.push([method, params]);
    return Promise.resolve().then(() => answers[method]?.(params));
  };
  const console = {
    api: { call: answer, page: answer },
    may: (permission: string) => !without.includes(permission),
    tenant: ref(''),
    root: '/',
    me: ref({ operatorId: 'me' }),
    colleagues: { nameOf: (name: string) => name },
  } as unknown as Console;
  const routes = ['user', 'money'].map((name) => ({ path: `/${name}/:${name}Id?`, name, component: PayoutsPage }));
  const router = createRouter({ history: createMemoryHistory(), routes: [...routes, { path: '/', component: PayoutsPage }] });
  await router.push(path);
  const mounted = mount(page, { attachTo: document.body, global: { plugins: [router], provide: { [CONSOLE as symbol]: console } } });
  await flushPromises();
  const of = (method: string) => asked.filter(([name]) => name === method).map(([, params]) => params);
  const button = (text: string) => mounted.findAll('button').find((one) => one.text() === text)!;
  const answered = async (text: string, values: Record<string, string> = {}) => {
    await button(text).trigger('click');
    await flushPromises();
    useConfirm().asked.value!.answer({ why: 'because', values });
    await flushPromises();
  };
  return { mounted, of, button, answered };
}

const list = (...rows: object[]) => () => ({ rows, nextCursor: '' });
const payout = { payoutId: 'p1', key: '2026-11-ann', points: 4000, state: 'held', userId: '7', agencyId: '', by: 'operator:me', timeUtc: '2026-11-10 10:00:00' };

describe('payouts', () => {
  it('that are held are paid, or cancelled, by their key', async () => {
    const { mounted, of, answered } = await shown(PayoutsPage, { 'admin/list_payouts': list(payout, { ...payout, payoutId: 'p2', key: 'stars', userId: '', agencyId: 'a1' }) });
    expect(of('admin/list_payouts')).toEqual([{ state: 'held', cursor: '', limit: 50 }]);
    expect(mounted.text()).toContain('agency a1');
    await answered('Paid');
    expect(of('admin/settle_payout')).toEqual([{ key: '2026-11-ann', why: 'because' }]);
    await answered('Cancel');
    expect(of('admin/cancel_payout')).toEqual([{ key: 'stars', why: 'because' }]);
    expect(mounted.text()).toContain('No payout waits to be paid.');
    mounted.unmount();
  });

  it('are only read by whoever may not settle them, and those that are over have no buttons', async () => {
    const reader = await shown(PayoutsPage, { 'admin/list_payouts': list(payout) }, '/', ['payouts.settle']);
    expect(reader.button('Paid')).toBeUndefined();
    reader.mounted.unmount();
    const paid = await shown(PayoutsPage, { 'admin/list_payouts': list({ ...payout, state: 'settled' }) }, '/?state=settled');
    expect(paid.of('admin/list_payouts')[0]).toMatchObject({ state: 'settled' });
    expect(paid.button('Paid')).toBeUndefined();
    paid.mounted.unmount();
  });
});

const period = { period: '2026-11', state: 'closed', statements: 2, gifts: 105, bonus: 200, timeUtc: '2026-12-01 10:00:00', closedUtc: '' };
const statement = { accountId: 'x1', userId: '7', agencyId: '', opening: 1, gifts: 35, refunds: -5, adjustments: 0, payouts: -10, bonuses: 0, closing: 21, bonus: 100 };

describe('periods', () => {
  it('show their statements, and are settled by their key', async () => {
    const { mounted, of, answered } = await shown(SettlementPage, {
      'admin/list_settlements': list(period),
      'admin/list_account_statements': list(statement),
    });
    await mounted.get('.cs-pick').trigger('click');
    await flushPromises();
    expect(of('admin/list_account_statements')).toEqual([{ period: '2026-11', cursor: '', limit: 50 }]);
    expect(mounted.findAll('table')[1]!.text()).toContain('-10');
    await answered('Settle a period', { period: ' 2026-12 ' });
    expect(of('admin/settle')).toEqual([{ period: '2026-12', why: 'because' }]);
    expect(of('admin/list_settlements')).toHaveLength(2);
    mounted.unmount();
  });

  it('whose bonuses are much lead to the request for a second person', async () => {
    const refuse = () => Promise.reject(new RefusedError(3054, 'ApprovalRequired', 'above', undefined, null, '', '', 'a9'));
    const { mounted, answered } = await shown(SettlementPage, { 'admin/list_settlements': list(), 'admin/settle': refuse });
    expect(mounted.text()).toContain('No period has been settled yet.');
    await answered('Settle a period', { period: '2026-11' });
    expect(mounted.get('[data-testid=waits] a').attributes('href')).toBe('/money?approval=a9');
    mounted.unmount();
  });

  it('are named by the key of the request for their bonuses', () => {
    expect(periodOf('2026-11:2')).toBe('2026-11');
  });
});

describe('agencies', () => {
  const agency = { agencyId: 'a1', name: 'Stars', ownerId: '7', terms: '10 %', state: 'open', points: 5 };

  it('are added, edited and closed', async () => {
    const { mounted, of, answered, button } = await shown(
      SettlementPage,
      { 'admin/list_agencies': list(agency), 'admin/update_agency': () => ({ ...agency, name: 'Moon' }), 'admin/close_agency': () => ({ ...agency, state: 'closed' }) },
      '/?tab=agencies',
    );
    const said = { name: 'Moon', ownerId: '8', terms: '' };
    await answered('Add an agency', said);
    expect(of('admin/create_agency')).toEqual([said]);
    await answered('Edit', said);
    expect(of('admin/update_agency')).toEqual([{ agencyId: 'a1', ...said }]);
    expect(mounted.text()).toContain('Moon');
    await answered('Close');
    expect(of('admin/close_agency')).toEqual([{ agencyId: 'a1', why: 'because' }]);
    expect(button('Edit')).toBeUndefined();
    mounted.unmount();
  });

  it('are not there for whoever may not see them', async () => {
    const { mounted, of } = await shown(SettlementPage, { 'admin/list_settlements': list(period) }, '/?tab=agencies', ['agencies.view']);
    expect(of('admin/list_agencies')).toEqual([]);
    expect(mounted.findAll('[role=tab]')).toHaveLength(2);
    mounted.unmount();
  });
});
