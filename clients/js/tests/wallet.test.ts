import { expect, it } from 'vitest';

import { Service, Tab } from './browser.js';

it('what a user has is asked for, read page by page, and heard of at each change', async () => {
  const tab = new Tab(new Service());
  const { wallet } = await tab.liveroom.guest('Ada');
  const asked: object[] = [];
  tab.connection.call = (method, params) => {
    asked.push({ method, ...params });
    return Promise.resolve(method === 'wallet/balance' ? { coins: 5 } : []);
  };
  expect(await wallet.balance()).toEqual({ coins: 5 });
  await wallet.statement();
  await wallet.statement({ currency: 'point', after: 'j1.2', limit: 20 });
  expect(asked.slice(1)).toEqual([
    { method: 'wallet/statement', currency: 'coin', cursor: '', limit: 50 },
    { method: 'wallet/statement', currency: 'point', cursor: 'j1.2', limit: 20 },
  ]);
  const heard: number[] = [];
  const stop = wallet.onChange(({ coins }) => heard.push(coins));
  tab.connection.tell({ type: 'wallet.changed', data: { coins: 7 } });
  stop();
  tab.connection.tell({ type: 'wallet.changed', data: { coins: 8 } });
  expect(heard).toEqual([7]);
});
