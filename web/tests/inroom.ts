/** A part of a room's screen, for tests that look at it without the rest of the page. */

import { flushPromises, mount } from '@vue/test-utils';
import { type Component, defineComponent, h, toRef } from 'vue';

import type { FakeConnection } from '../../clients/js/tests/connections';
import { Service, Tab } from '../../clients/js/tests/browser';
import { room as info, state } from '../../clients/js/tests/samples';
import { type InRoom, provideRoom } from '../src/composables/useRoom';
import { SESSION } from '../src/composables/useSession';
import { createSession } from '../src/identity/session';

export const ROOM = '40000001';

/** Mount a part for the room's owner (user 1); `make` is called where the room is provided. */
export async function inRoom(replies: FakeConnection['replies'], make: (room: InRoom) => () => ReturnType<typeof h>) {
  const tab = new Tab(new Service());
  const own = info({ ownBy: '1' });
  Object.assign(tab.connection.replies, { 'rooms/room_detail': () => own, 'rooms/enter_room': () => ({ ...own, role: 'anchor' }), ...replies });
  const session = createSession({ liveroom: tab.liveroom, isTaken: () => Promise.resolve(false) });
  await session.guest('Mara');
  const entering = session.client.value!.enter(ROOM);
  await flushPromises();
  tab.connection.followed.get(`room:${ROOM}`)?.state(state({ room: own }));
  const entered = await entering;
  const Inside = defineComponent({
    setup: () => make(provideRoom({ me: session.me.value!, room: entered, scene: toRef(() => entered.state), meet: () => undefined })),
  });
  const mounted = mount(Inside as Component, { global: { provide: { [SESSION as symbol]: session }, stubs: { teleport: true } } });
  await flushPromises();
  return { mounted, connection: tab.connection };
}
