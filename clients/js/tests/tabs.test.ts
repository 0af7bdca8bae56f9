import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Lines, Service, SharedStorage, Tab } from './browser.js';
import { room as info, state } from './samples.js';

class Browser {
  readonly service = new Service();
  private readonly storage = new SharedStorage();
  private readonly lines = new Lines();

  open(): Tab {
    const { storage, events } = this.storage.tab();
    const tab = new Tab(this.service, storage);
    tab.liveroom.followTabs({ events, line: this.lines.open() });
    return tab;
  }
}

async function enter(tab: Tab, roomId: string, role = 'audience') {
  tab.connection.replies['rooms/enter_room'] = () => ({ ...info({ roomId }), role });
  const entering = (tab.liveroom.session!).enter(roomId, { role });
  await vi.advanceTimersByTimeAsync(0);
  tab.connection.followed.get(`room:${roomId}`)?.state(state({ room: info({ roomId }) }));
  const room = await entering;
  await vi.advanceTimersByTimeAsync(0);
  return room;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('tabs of one browser', () => {
  it('begin, change and end together', async () => {
    const browser = new Browser();
    const [one, two] = [browser.open(), browser.open()];
    const begun: string[] = [];
    two.liveroom.on('session', ({ user }) => begun.push(user.userId));
    await one.liveroom.visit();
    const session = two.liveroom.session!;
    expect(session.user).toMatchObject({ userId: '1', visitor: true });
    await one.liveroom.guest('Mara');
    expect(session.user).toMatchObject({ name: 'Mara', visitor: false });
    await one.liveroom.signIn('ada', 'secret word');
    expect(begun).toEqual(['1', '2']);
    await one.liveroom.session?.signOut();
    expect(two.liveroom.session).toBeNull();
    expect(session.state.ended, 'another session was in its place').toBeNull();
  });

  it('are told that somebody has signed out in another one', async () => {
    const browser = new Browser();
    const [one, two] = [browser.open(), browser.open()];
    await one.liveroom.guest();
    const session = two.liveroom.session!;
    await one.liveroom.session?.signOut();
    expect(session.state.ended).toBe('signed_out');
    expect(browser.service.of('auth_users/user_logout')).toHaveLength(1);
  });

  it('go on with the connection that they have when another one has a new token', async () => {
    const browser = new Browser();
    const [one, two] = [browser.open(), browser.open()];
    await one.liveroom.guest();
    await two.liveroom.restore();
    expect([one.connections, one.connection.refreshed]).toEqual([1, 0]);
  });

  it('do not put an older token in the place of a later one', async () => {
    const browser = new Browser();
    const [one, two] = [browser.open(), browser.open()];
    await one.liveroom.guest();
    await vi.advanceTimersByTimeAsync(60_000);
    const later = (await two.liveroom.restore())!;
    await one.liveroom.session?.update({ name: 'Mara' });
    expect(two.liveroom.kept).toMatchObject({ name: 'Mara', token: later.token });
    expect(later.user.name).toBe('Mara');
  });

  it('show a user in a room in the one that was entered last', async () => {
    const browser = new Browser();
    const [one, two] = [browser.open(), browser.open()];
    await one.liveroom.guest();
    const first = await enter(one, 'a');
    const second = await enter(two, 'a');
    expect([first.state.end?.reason, second.state.end]).toEqual(['moved', null]);
    expect(one.connection.callsOf('rooms/leave_room'), 'the place is kept').toEqual([]);
    await enter(one, 'b');
    expect(second.state.end?.reason, 'a viewer is in one room').toBe('moved');
  });

  it('show a host in several rooms', async () => {
    const browser = new Browser();
    const [one, two] = [browser.open(), browser.open()];
    await one.liveroom.guest();
    const first = await enter(one, 'a', 'anchor');
    await enter(two, 'b', 'anchor');
    expect(first.state.end).toBeNull();
  });

  it('leave other users alone', async () => {
    const browser = new Browser();
    const [one, two] = [browser.open(), browser.open()];
    await one.liveroom.guest();
    const first = await enter(one, 'a');
    await two.liveroom.signIn('ada', 'secret word');
    await enter(two, 'a');
    expect(first.state.end?.reason, 'both are the account now').toBe('signed_out');
  });
});
