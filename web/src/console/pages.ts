/** The console's pages: where each is, who may see it, and where it stands in the navigation. */
import type { Component } from 'vue';

import type { IconName } from './components/icons';
import type { CommonKey } from './i18n/common.en';

export type Group = 'now' | 'care' | 'insight' | 'service';
type Load = () => Promise<{ default: Component }>;

export interface ConsolePage {
  readonly name: string;
  readonly path: string;
  readonly title: CommonKey;
  /** Without it the page is neither listed nor shown; null: everybody who is signed in. */
  readonly permission: string | null;
  readonly load: Load;
  readonly props?: boolean;
  /** Where it is listed; nowhere without. */
  readonly listed?: { readonly group: Group; readonly icon: IconName; readonly key?: string };
}

export const GROUPS: readonly { readonly name: Group; readonly title: CommonKey }[] = [
  { name: 'now', title: 'nav.now' },
  { name: 'care', title: 'nav.care' },
  { name: 'insight', title: 'nav.insight' },
  { name: 'service', title: 'nav.service' },
];

export const PAGES: readonly ConsolePage[] = [
  {
    name: 'overview',
    path: '/overview',
    title: 'page.overview',
    permission: 'overview.view',
    load: () => import('./pages/OverviewPage.vue'),
    listed: { group: 'now', icon: 'gauge', key: 'h' },
  },
  {
    name: 'wall',
    path: '/wall',
    title: 'page.wall',
    permission: 'rooms.view',
    load: () => import('./pages/WallPage.vue'),
    listed: { group: 'now', icon: 'grid', key: 'l' },
  },
  {
    name: 'rooms',
    path: '/rooms',
    title: 'page.rooms',
    permission: 'rooms.view',
    load: () => import('./pages/RoomsPage.vue'),
    listed: { group: 'now', icon: 'door', key: 'r' },
  },
  {
    name: 'room',
    path: '/rooms/:roomId',
    title: 'page.room',
    permission: 'rooms.view',
    load: () => import('./pages/RoomPage.vue'),
    props: true,
  },
  {
    name: 'recordings',
    path: '/recordings',
    title: 'page.recordings',
    permission: 'rooms.view',
    load: () => import('./pages/RecordingsPage.vue'),
    listed: { group: 'now', icon: 'record' },
  },
  {
    name: 'users',
    path: '/users',
    title: 'page.users',
    permission: 'users.view',
    load: () => import('./pages/UsersPage.vue'),
    listed: { group: 'now', icon: 'people', key: 'u' },
  },
  {
    name: 'user',
    path: '/users/:userId',
    title: 'page.user',
    permission: 'users.view',
    load: () => import('./pages/UserPage.vue'),
    props: true,
  },
  {
    name: 'reports',
    path: '/reports',
    title: 'page.reports',
    permission: 'reports.view',
    load: () => import('./pages/ReportsPage.vue'),
    listed: { group: 'care', icon: 'flag', key: 'p' },
  },
  {
    name: 'appeals',
    path: '/appeals',
    title: 'page.appeals',
    permission: 'reports.view',
    load: () => import('./pages/AppealsPage.vue'),
    listed: { group: 'care', icon: 'letter', key: 'e' },
  },
  {
    name: 'reasons',
    path: '/reasons',
    title: 'page.reasons',
    permission: 'reports.view',
    load: () => import('./pages/ReasonsPage.vue'),
    listed: { group: 'care', icon: 'edit' },
  },
  {
    name: 'words',
    path: '/words',
    title: 'page.words',
    permission: 'words.view',
    load: () => import('./pages/WordsPage.vue'),
    listed: { group: 'care', icon: 'words' },
  },
  {
    name: 'bans',
    path: '/bans',
    title: 'page.bans',
    permission: 'bans.view',
    load: () => import('./pages/BansPage.vue'),
    listed: { group: 'care', icon: 'ban', key: 'b' },
  },
  {
    name: 'notices',
    path: '/notices',
    title: 'page.notices',
    permission: 'notices.view',
    load: () => import('./pages/NoticesPage.vue'),
    listed: { group: 'care', icon: 'notice' },
  },
  {
    name: 'statistics',
    path: '/statistics',
    title: 'page.statistics',
    permission: 'statistics.view',
    load: () => import('./pages/StatisticsPage.vue'),
    listed: { group: 'insight', icon: 'chart', key: 's' },
  },
  {
    name: 'broadcast',
    path: '/statistics/:broadcastId',
    title: 'page.statistics',
    permission: 'statistics.view',
    load: () => import('./pages/BroadcastPage.vue'),
    props: true,
  },
  {
    name: 'gifts',
    path: '/gifts',
    title: 'page.gifts',
    permission: 'gifts.view',
    load: () => import('./pages/GiftsPage.vue'),
    listed: { group: 'service', icon: 'gift', key: 'g' },
  },
  {
    name: 'money',
    path: '/money',
    title: 'page.money',
    permission: 'money.view',
    load: () => import('./pages/MoneyPage.vue'),
    listed: { group: 'service', icon: 'coins', key: 'm' },
  },
  {
    name: 'envelopes',
    path: '/envelopes',
    title: 'page.envelopes',
    permission: 'money.view',
    load: () => import('./pages/EnvelopesPage.vue'),
    listed: { group: 'service', icon: 'envelope' },
  },
  {
    name: 'charges',
    path: '/charges',
    title: 'page.charges',
    permission: 'charges.view',
    load: () => import('./pages/ChargesPage.vue'),
    listed: { group: 'service', icon: 'receipt' },
  },
  {
    name: 'payouts',
    path: '/payouts',
    title: 'page.payouts',
    permission: 'payouts.view',
    load: () => import('./pages/PayoutsPage.vue'),
    listed: { group: 'service', icon: 'payout' },
  },
  {
    name: 'settlement',
    path: '/settlement',
    title: 'page.settlement',
    permission: 'payouts.view',
    load: () => import('./pages/SettlementPage.vue'),
    listed: { group: 'service', icon: 'calendar' },
  },
  {
    name: 'operators',
    path: '/operators',
    title: 'page.operators',
    permission: 'operators.view',
    load: () => import('./pages/OperatorsPage.vue'),
    listed: { group: 'service', icon: 'shield', key: 'o' },
  },
  {
    name: 'roles',
    path: '/roles',
    title: 'page.roles',
    permission: 'operators.view',
    load: () => import('./pages/RolesPage.vue'),
    listed: { group: 'service', icon: 'person' },
  },
  {
    name: 'webhooks',
    path: '/webhooks',
    title: 'page.webhooks',
    permission: 'webhooks.view',
    load: () => import('./pages/WebhooksPage.vue'),
    listed: { group: 'service', icon: 'hook', key: 'w' },
  },
  {
    name: 'hooks',
    path: '/hooks',
    title: 'page.hooks',
    permission: 'hooks.view',
    load: () => import('./pages/HooksPage.vue'),
    listed: { group: 'service', icon: 'bolt' },
  },
  {
    name: 'keys',
    path: '/keys',
    title: 'page.keys',
    permission: 'keys.view',
    load: () => import('./pages/KeysPage.vue'),
    listed: { group: 'service', icon: 'key' },
  },
  {
    name: 'tenants',
    path: '/tenants',
    title: 'page.tenants',
    permission: 'tenants.view',
    load: () => import('./pages/TenantsPage.vue'),
    listed: { group: 'service', icon: 'tenants' },
  },
  {
    name: 'settings',
    path: '/settings',
    title: 'page.settings',
    permission: 'settings.view',
    load: () => import('./pages/SettingsPage.vue'),
    listed: { group: 'service', icon: 'gear' },
  },
  {
    name: 'doctor',
    path: '/doctor',
    title: 'page.doctor',
    permission: 'system.view',
    load: () => import('./pages/DoctorPage.vue'),
    listed: { group: 'service', icon: 'check', key: 'd' },
  },
  {
    name: 'drift',
    path: '/drift',
    title: 'page.drift',
    permission: 'system.view',
    load: () => import('./pages/DriftPage.vue'),
    listed: { group: 'service', icon: 'copy' },
  },
  {
    name: 'audit',
    path: '/audit',
    title: 'page.audit',
    permission: 'audit.view',
    load: () => import('./pages/AuditPage.vue'),
    listed: { group: 'service', icon: 'history', key: 'a' },
  },
  {
    name: 'reference',
    path: '/reference',
    title: 'page.reference',
    permission: null,
    load: () => import('./pages/ReferencePage.vue'),
    listed: { group: 'service', icon: 'book', key: 'i' },
  },
  {
    name: 'account',
    path: '/account',
    title: 'page.account',
    permission: null,
    load: () => import('./pages/AccountPage.vue'),
  },
];

/** The pages that are listed for whoever has these permissions. */
export function listedFor(may: (permission: string) => boolean): readonly ConsolePage[] {
  return PAGES.filter(({ listed, permission }) => listed !== undefined && (permission === null || may(permission)));
}
