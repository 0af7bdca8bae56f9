import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { defineComponent, h } from 'vue';

import { Service, Tab } from '../../clients/js/tests/browser';
import WalletChip from '../src/components/WalletChip.vue';
import WalletDialog from '../src/components/WalletDialog.vue';
import { SESSION } from '../src/composables/useSession';
import { useLookingAtWallet, useWallet } from '../src/composables/useWallet';
import { createSession } from '../src/identity/session';

const WALLET = { coins: 600, promoCoins: 50, points: 7, clearedPoints: 3, frozen: false, testCoins: true, external: false };
const LINE = { lineId: 'j1.1', journalId: 'j1', kind: 'purchase', amount: 600, promo: false, about: '', timeUtc: '2026-11-10 10:00:00' };

/** The header, as far as it shows coins. */
const Header = defineComponent({
  setup() {
    const { wallet, coins } = useWallet();
    return () => (wallet.value ? h(WalletChip, { coins: coins.value }) : null);
  },
});

/** The page of somebody who is signed in; what the service answers is said by the test. */
async function open(page: object, answers: Readonly<Record<string, (params: Record<string, unknown>) => unknown>>) {
  const tab = new Tab(new Service());
  const session = createSession({ liveroom: tab.liveroom, isTaken: () => Promise.resolve(false) });
  await session.guest('Ada');
  tab.connection.call = (method, params) => {
    const answer = answers[method];
    return answer ? Promise.resolve(answer(params as Record<string, unknown>)) : Promise.reject(new Error(method));
  };
  const mounted = mount(page, { global: { provide: { [SESSION as symbol]: session }, stubs: { teleport: true } } });
  await flushPromises();
  const tell = async (data: object) => {
    tab.connection.tell({ type: 'wallet.changed', data });
    await flushPromises();
  };
  return { mounted, tell };
}

it('the coins of the user stand there, follow each change, and open the wallet', async () => {
  const { mounted, tell } = await open(Header, { 'wallet/balance': () => WALLET });
  expect(mounted.text()).toBe('650');
  await tell({ ...WALLET, coins: 1600 });
  expect(mounted.text()).toBe('1,650');
  await mounted.get('button').trigger('click');
  expect(useLookingAtWallet().value).toBe(true);
});

it('where the operator’s own app keeps the coins, nothing is said of them', async () => {
  const { mounted, tell } = await open(Header, { 'wallet/balance': () => ({ ...WALLET, coins: 0, promoCoins: 0, external: true }) });
  expect(mounted.text()).toBe('');
  await tell({ coins: 0, promoCoins: 0, points: 8, clearedPoints: 3, frozen: false });
  expect(mounted.text()).toBe('');
});

it('where there are no wallets, nothing stands there', async () => {
  const { mounted } = await open(Header, {});
  expect(mounted.find('button').exists()).toBe(false);
});

it('the wallet says what there is and how it came to be, of coins and of points, page by page', async () => {
  const lines = (currency: unknown, cursor: unknown) =>
    currency === 'point' ? [] : Array.from({ length: cursor === '' ? 20 : 3 }, (_, n) => ({ ...LINE, lineId: `${String(cursor)}${n}` }));
  const { mounted } = await open(WalletDialog, { 'wallet/balance': () => WALLET, 'wallet/statement': ({ currency, cursor }) => lines(currency, cursor) });
  expect(mounted.get('[data-testid=wallet-cleared]').text()).toBe('3');
  expect(mounted.findAll('[data-testid=wallet-line]')).toHaveLength(20);
  await mounted.findAll('button').at(-1)?.trigger('click');
  await flushPromises();
  expect(mounted.findAll('[data-testid=wallet-line]')).toHaveLength(23);
  await mounted.get('[data-testid=statement-point]').trigger('click');
  await flushPromises();
  expect(mounted.find('[data-testid=wallet-none]').exists()).toBe(true);
});
