import './tokens.css';

import { createApp } from 'vue';

import { caller } from './api/http';
import { placeOf } from './api/place';
import { Socket } from './api/wire';
import App from './App.vue';
import { ANOTHER_PERSON } from './composables/useAnotherPerson';
import { PLACE } from './composables/usePlace';
import { ROOM_TABS } from './composables/useRoomTabs';
import { SESSION } from './composables/useSession';
import { spokenLanguage, useTexts } from './i18n/texts';
import { guestName } from './identity/guestname';
import { keepIn } from './identity/keep';
import { RoomTabs } from './identity/roomtabs';
import { createSession } from './identity/session';
import { Tabs } from './identity/tabs';
import { makeRouter } from './router';

const base = document.querySelector<HTMLMetaElement>('meta[name="liveroom-base"]')?.content;
const place = placeOf(window.location, base);
// A tab that is opened as another person keeps to itself who that is.
const APART = 'liveroom.apart';
if (new URLSearchParams(window.location.search).has(ANOTHER_PERSON)) {
  sessionStorage.setItem(APART, '1');
  history.replaceState(history.state, '', `${window.location.pathname}${window.location.hash}`);
}
const apart = sessionStorage.getItem(APART) !== null;
const tabs = new Tabs(new BroadcastChannel('liveroom.tabs'), () => session.me.value?.token);
const session = createSession({
  call: caller(place.api, spokenLanguage),
  keep: keepIn(apart ? sessionStorage : localStorage, window),
  openWire: (token) => new Socket(place, token),
  // Its copy, made by duplicating it, begins as nobody.
  isTaken: (token) => (apart ? tabs.isTaken(token) : Promise.resolve(false)),
  now: Date.now,
});

await session.restore();
createApp(App).provide(PLACE, place).provide(SESSION, session).provide(ROOM_TABS, new RoomTabs(new BroadcastChannel('liveroom.rooms'))).use(makeRouter(session, () => guestName(useTexts().t))).mount('#app');
