import './tokens.css';

import { createApp } from 'vue';

import { caller } from './api/http';
import { placeOf } from './api/place';
import { Socket } from './api/wire';
import App from './App.vue';
import { PLACE } from './composables/usePlace';
import { SESSION } from './composables/useSession';
import { spokenLanguage } from './i18n/texts';
import { keepIn } from './identity/keep';
import { createSession } from './identity/session';
import { Tabs } from './identity/tabs';
import { makeRouter } from './router';

const base = document.querySelector<HTMLMetaElement>('meta[name="liveroom-base"]')?.content;
const place = placeOf(window.location, base);
const tabs = new Tabs(new BroadcastChannel('liveroom.tabs'), () => session.me.value?.token);
const session = createSession({
  call: caller(place.api, spokenLanguage),
  keep: keepIn(sessionStorage),
  openWire: (token) => new Socket(place, token),
  isTaken: (token) => tabs.isTaken(token),
  now: Date.now,
});

await session.restore();
createApp(App).provide(PLACE, place).provide(SESSION, session).use(makeRouter(session)).mount('#app');
