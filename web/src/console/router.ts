/** The console's addresses: each page has its own, so that it can be sent to a colleague. */
import { createRouter, createWebHistory, type Router } from 'vue-router';

import type { Console } from './composables/useConsole';
import { PAGES } from './pages';
import MissingPage from './pages/MissingPage.vue';
import SignInPage from './pages/SignInPage.vue';

/** Pages for whoever is not signed in. */
export const OUTSIDE = new Set(['sign-in', 'invitation', 'first']);

export function makeRouter(root: string, seen: Pick<Console, 'me' | 'may' | 'begun' | 'begin'>): Router {
  const router = createRouter({
    history: createWebHistory(`${root}console/`),
    routes: [
      { path: '/sign-in', name: 'sign-in', component: SignInPage },
      { path: '/invitation', name: 'invitation', component: () => import('./pages/InvitationPage.vue') },
      { path: '/first', name: 'first', component: () => import('./pages/FirstPage.vue') },
      // Not a redirect: that would be followed before it is known who is signed in.
      { path: '/', name: 'home', component: MissingPage, beforeEnter: () => ({ name: firstOf(seen.may) }) },
      ...PAGES.map(({ name, path, load, props = false, permission, title }) => ({
        path,
        name,
        component: load,
        props,
        meta: { permission, title },
      })),
      { path: '/:rest(.*)*', name: 'missing', component: MissingPage },
    ],
    scrollBehavior: (to, from, kept) => kept ?? (to.path === from.path ? false : { top: 0 }),
  });
  router.beforeEach(async (to) => {
    if (!seen.begun.value) await seen.begin();
    if (!seen.begun.value || (seen.me.value !== null) !== OUTSIDE.has(String(to.name))) return true;
    // A link is opened even by whoever is signed in, perhaps as somebody else.
    if (seen.me.value) return to.name === 'sign-in' ? nextOf(to.query.next) : true;
    return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
  });
  return router;
}

/** The page that somebody sees first. */
function firstOf(may: (permission: string) => boolean): string {
  const first = PAGES.find(({ listed, permission }) => listed && (permission === null || may(permission)));
  return first?.name ?? 'missing';
}

/** Where to go after signing in: only ever to a page of the console. */
export function nextOf(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}
