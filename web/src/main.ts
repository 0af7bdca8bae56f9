import './tokens.css';

import { Liveroom } from '@liveroom/client';
import { createApp } from 'vue';

import App from './App.vue';
import { ANOTHER_PERSON } from './composables/useAnotherPerson';
import { PLACE } from './composables/usePlace';
import { SESSION } from './composables/useSession';
import { spokenLanguage, useTexts } from './i18n/texts';
import { guestName } from './identity/guestname';
import { createSession } from './identity/session';
import { Tabs } from './identity/tabs';
import { placeOf } from './place';
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
const liveroom = new Liveroom(place.url, {
  storageKey: 'liveroom.me',
  language: spokenLanguage,
  ...(apart ? { storage: sessionStorage } : {}),
});
liveroom.followTabs();
const tabs = new Tabs(new BroadcastChannel('liveroom.tabs'), () => liveroom.session?.token);
const session = createSession({
  liveroom,
  // The copy of a tab of its own, made by duplicating it, begins as nobody.
  isTaken: (token) => (apart ? tabs.isTaken(token) : Promise.resolve(false)),
});

await session.restore();
createApp(App)
  .provide(PLACE, place)
  .provide(SESSION, session)
  .use(makeRouter(session, () => guestName(useTexts().t)))
  .mount('#app');
