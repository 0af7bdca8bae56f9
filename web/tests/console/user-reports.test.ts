import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';

import UserReports from '@/console/components/UserReports.vue';
import { CONSOLE, type Console } from '@/console/composables/useConsole';
import { en } from '@/console/i18n/reports.en';

const about = { reportId: 'r1', reason: 'spam', state: 'resolved', targetId: 'u1', targetName: 'Ann', reporterId: 'u2', reporterName: 'Bob', roomId: '', words: 'cheap followers', text: '', measure: 'mute', outcome: '', timeUtc: '2026-01-01 10:00:00' };
const ofRoom = { ...about, reportId: 'r2', reason: 'ads', state: 'open', targetId: '', targetName: '', reporterId: 'u1', reporterName: 'Ann', roomId: '7', words: '', text: 'only ads', measure: '' };

type Answer = Promise<{ rows: readonly object[]; nextCursor: string }>;

async function shown(answer: (params: Record<string, string>) => Answer) {
  const asked: object[] = [];
  const api = {
    page: (method: string, params: Record<string, string>) => {
      asked.push({ method, ...params });
      return answer(params);
    },
  };
  const routes = ['reports', 'user', 'room'].map((name) => ({ path: name === 'reports' ? '/reports' : `/${name}/:${name}Id`, name, component: UserReports }));
  const router = createRouter({ history: createMemoryHistory(), routes });
  await router.push('/user/u1');
  const page = mount(UserReports, { props: { userId: 'u1' }, attachTo: document.body, global: { plugins: [router], provide: { [CONSOLE as symbol]: { api } as unknown as Console } } });
  await flushPromises();
  const part = (name: string) => page.get(`[data-testid=${name}]`);
  return { asked, router, page, part, links: (name: string) => part(name).findAll('tbody a').map((one) => one.attributes('href')) };
}

it('what others report of a user and what they report themselves are two lists, of any state, that lead into the queue', async () => {
  const { asked, page, part, links } = await shown(({ targetId }) => Promise.resolve({ rows: [targetId ? about : ofRoom], nextCursor: '' }));
  const any = { method: 'admin/list_reports', state: 'any', cursor: '', limit: 50 };
  expect(asked).toEqual([{ ...any, targetId: 'u1' }, { ...any, reporterId: 'u1' }]);
  expect(links('aboutUser')).toEqual(['/reports?state=resolved&report=r1', '/user/u2']);
  expect(links('byUser')).toEqual(['/reports?report=r2', '/room/7']);
  expect(part('aboutUser').text()).toMatch(/spam.*Bob.*cheap followers.*resolved\s+muted in the room/s);
  expect(part('byUser').text()).toMatch(/ads.*the room itself.*only ads.*open/s);
  page.unmount();
});

it('each list says when it is empty, and when it could not be read, and is asked for again', async () => {
  let failing = true;
  const { page, part } = await shown(({ targetId }) => (targetId && failing ? Promise.reject(new Error('down')) : Promise.resolve({ rows: [], nextCursor: '' })));
  expect(part('byUser').text()).toContain(en['none.byUser']);
  failing = false;
  await part('aboutUser').get('[role=alert] button').trigger('click');
  await flushPromises();
  expect(part('aboutUser').text()).toContain(en['none.aboutUser']);
  page.unmount();
});

it('keys go through the list that has the focus, at first the upper one', async () => {
  const { page, part, router } = await shown(({ targetId }) => Promise.resolve({ rows: [targetId ? about : ofRoom], nextCursor: '' }));
  const press = (key: string) => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  const upper = part('aboutUser').get('[data-row]').element as HTMLElement;
  const lower = part('byUser').get('[data-row]').element as HTMLElement;
  press('j');
  expect(document.activeElement).toBe(upper);
  lower.focus();
  press('j');
  expect(document.activeElement).toBe(lower);
  press('Enter');
  await flushPromises();
  expect(router.currentRoute.value.fullPath).toBe('/reports?report=r2');
  page.unmount();
});
