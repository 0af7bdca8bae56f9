import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { nextTick } from 'vue';

import { Service, Tab } from '../../clients/js/tests/browser';
import ToldBanner from '../src/components/ToldBanner.vue';
import { useLooking } from '../src/composables/useStatements';
import { SESSION } from '../src/composables/useSession';
import { createSession } from '../src/identity/session';

const WARNED = { statementId: '1', measure: 'warn', roomId: '', text: 'be kind', untilUtc: '', state: '', answer: '', mayAppeal: true };
const BANNED = { ...WARNED, statementId: '2', measure: 'ban', text: 'spam', appealToken: 'a1' };

/** The page of a guest, on whom the operator has an eye. */
async function open() {
  const tab = new Tab(new Service());
  const session = createSession({ liveroom: tab.liveroom, isTaken: () => Promise.resolve(false) });
  await session.guest('Ada');
  const banner = mount(ToldBanner, { global: { provide: { [SESSION as symbol]: session } } });
  const hear = async (type: string, data: object) => {
    tab.connection.tell({ type, data });
    await nextTick();
  };
  const texts = () => banner.findAll('section').map((one) => one.text());
  return { tab, session, banner, hear, texts };
}

describe('what the operator tells somebody', () => {
  it('stands there, the newest first, until it is read', async () => {
    const { banner, hear, texts } = await open();
    await hear('user.notice', { text: 'see you at eight', data: null });
    await hear('user.statement', WARNED);
    expect(texts()).toEqual([expect.stringContaining('be kind'), expect.stringContaining('see you at eight')]);
    await banner.get('[data-testid=warning] [data-testid=told-read]').trigger('click');
    expect(texts()).toEqual([expect.stringContaining('A message from the operator')]);
  });

  it('says until when a mute holds, and how to appeal', async () => {
    const { banner, hear } = await open();
    await hear('user.statement', { ...WARNED, measure: 'mute', roomId: '40000001' });
    expect(banner.get('[data-testid=statement]').text()).toContain('forever');
    await banner.get('[data-testid=told-appeal]').trigger('click');
    expect([useLooking().value, banner.findAll('section').length]).toEqual(['1', 0]);
  });

  it('is answered in place of what it was', async () => {
    const { hear, texts } = await open();
    await hear('user.statement', WARNED);
    await hear('user.statement', { ...WARNED, state: 'granted', answer: 'sorry for that', mayAppeal: false });
    expect(texts()).toEqual([expect.stringMatching(/granted.*sorry for that/)]);
    expect(texts().join()).not.toContain('Appeal');
  });

  it('is gone with who it was told', async () => {
    const { session, hear, texts } = await open();
    await hear('user.statement', WARNED);
    await session.signIn('ada', 'secret word');
    await nextTick();
    expect(texts()).toEqual([]);
  });
});

describe('whoever is banned while they are here', () => {
  it('reads why, and appeals', async () => {
    const { tab, session, hear } = await open();
    await hear('user.statement', BANNED);
    tab.connection.turn('closed', 4501);
    expect([session.farewell.value, session.ban.value?.text, session.appeal.value]).toEqual(['banned', 'spam', 'open']);
    tab.service.statement = { ...BANNED, state: 'appealed', appealToken: '' };
    await session.sendAppeal('It was a quotation.');
    expect(session.appeal.value).toBe('sent');
    await session.guest('Bea');
    expect([session.ban.value, session.appeal.value]).toEqual([null, '']);
  });

  it('is told when they come back later', async () => {
    const { tab } = await open();
    tab.service.refusal = { errorCode: 204, errorMessage: 'banned', appealToken: 'a1' };
    const { liveroom } = new Tab(tab.service, tab.storage);
    const session = createSession({ liveroom, isTaken: () => Promise.resolve(false) });
    await session.restore();
    expect([session.farewell.value, session.appeal.value]).toEqual(['banned', 'open']);
  });
});
