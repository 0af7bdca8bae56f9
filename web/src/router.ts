/** The screens. Their addresses are behind a #, which asks nothing of proxies and paths. */
import { createRouter, createWebHashHistory, type RouteLocationNormalized, type Router } from 'vue-router';

import type { Session } from './identity/session';
import GoLiveScreen from './screens/GoLiveScreen.vue';
import HomeScreen from './screens/HomeScreen.vue';
import RoomScreen from './screens/RoomScreen.vue';
import WelcomeScreen from './screens/WelcomeScreen.vue';

/** Few watch what was recorded. */
const ReplayScreen = () => import('./screens/ReplayScreen.vue');
const WELCOME = '/welcome';

/** `nickname` makes a name for whoever looks around. */
export function makeRouter(session: Session, nickname: () => string): Router {
  openShared(window.location, window.history);
  const router = createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'lobby', component: HomeScreen },
      { path: WELCOME, name: 'welcome', component: WelcomeScreen },
      { path: '/live', name: 'live', component: GoLiveScreen },
      { path: '/room/:roomId', name: 'room', component: RoomScreen, props: roomOf },
      { path: '/replay/:recordingId', name: 'replay', component: ReplayScreen, props: true },
      { path: '/:rest(.*)', redirect: '/' },
    ],
    scrollBehavior: () => ({ top: 0 }),
  });
  router.beforeEach(async (to, from) => {
    const me = session.me.value;
    if (to.path === WELCOME) return me && !me.visitor ? nextOf(to.query.next) : true;
    if (me) return true;
    // Whoever was signed out is told so before they look around again.
    const told = session.farewell.value === null || from.path === WELCOME;
    // Where guests are not wanted, there is the list.
    if (told && ((await session.visit(nickname())) || to.path === '/')) return true;
    return { path: WELCOME, query: to.fullPath === '/' ? {} : { next: to.fullPath } };
  });
  return router;
}

/**
 * Turn the address of a shared link into the room's own. Links have it in their path, because the apps that show what
 * is behind a link ask the service, which never sees what stands behind a #.
 */
export function openShared({ pathname }: Pick<Location, 'pathname'>, history: Pick<History, 'replaceState'>): void {
  const [, root = '', room] = /^(.*\/)r\/([^/]+)\/?$/.exec(pathname) ?? [];
  if (room !== undefined) history.replaceState(null, '', `${root}#/room/${room}`);
}

/** Which room an address shows; that of a private one carries the key of its link. */
function roomOf({ params, query }: RouteLocationNormalized) {
  return { roomId: String(params.roomId), linkKey: typeof query.key === 'string' ? query.key : '' };
}

/** Where to go after coming in: only ever to a screen of this page. */
export function nextOf(next: unknown): string {
  return typeof next === 'string' && /^\/(?!\/)/.test(next) ? next : '/';
}
