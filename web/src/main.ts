import './tokens.css';

import { Liveroom } from '@liveroom/client';
import { createApp } from 'vue';

import App from './App.vue';
import { PLACE } from './composables/usePlace';
import { SESSION } from './composables/useSession';
import { spokenLanguage } from './i18n/texts';
import { createSession } from './identity/session';
import { Tabs } from './identity/tabs';
import { placeOf } from './place';
import { makeRouter } from './router';

const base = document.querySelector<HTMLMetaElement>('meta[name="liveroom-base"]')?.content;
const place = placeOf(window.location, base);
// Two tabs of one browser are two people: each keeps its login for itself.
const liveroom = new Liveroom(place.url, { storage: sessionStorage, language: spokenLanguage });
const tabs = new Tabs(new BroadcastChannel('liveroom.tabs'), () => liveroom.session?.token);
const session = createSession({ liveroom, isTaken: (token) => tabs.isTaken(token) });

await session.restore();
createApp(App).provide(PLACE, place).provide(SESSION, session).use(makeRouter(session)).mount('#app');
