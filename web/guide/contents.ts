/** The order of the guide: its groups, and the pages of each; a page that is in none is found under the last. */
import type { Language } from './pages.ts';

export interface Group {
  title: Record<Language, string>;
  names: string[];
}

export const GROUPS: readonly Group[] = [
  {
    title: { en: 'Start', zh: '入门' },
    names: ['readme', 'index', 'guide', 'demo', 'faq', 'comparison', 'glossary'],
  },
  {
    title: { en: 'Build an app', zh: '开发应用' },
    names: [
      ...['api-by-example', 'interactive', 'socket', 'connections', 'battles', 'heat', 'follow', 'media', 'uploads'],
      ...['live-page', 'clients/js/readme', 'clients/python/readme', 'generated-clients', 'xiaozhibo', 'conform'],
    ],
  },
  {
    title: { en: 'Connect your server', zh: '接入自己的服务器' },
    names: [
      ...['your-backend', 'own-users', 'server-keys', 'admin', 'webhooks', 'hooks', 'event-log', 'modules'],
      'clients/js-server/readme',
    ],
  },
  {
    title: { en: 'Gifts and money', zh: '礼物与资金' },
    names: ['gifts', 'wallets', 'operators-wallet', 'receipts', 'envelopes', 'settlement', 'protection'],
  },
  {
    title: { en: 'Operate', zh: '运营' },
    names: [
      ...['console', 'operators', 'moderation', 'console-socket', 'statistics', 'admin-installation'],
      'personal-data',
    ],
  },
  {
    title: { en: 'Run it', zh: '部署与运维' },
    names: [
      ...['deploy', 'kubernetes', 'serverless', 'operations', 'background-jobs', 'capacity', 'performance', 'performance-sync'],
      ...['centrifugo', 'providers', 'callbacks', 'simulate', 'moving-in'],
    ],
  },
  {
    title: { en: 'Reference', zh: '参考' },
    names: ['api', 'errors', 'events', 'webhook-events', 'permissions', 'settings'],
  },
  {
    title: { en: 'How it works', zh: '内部结构' },
    names: ['architecture', 'contributing', 'changelog'],
  },
];

/** Pages that others lead to, too many for a list of all. */
export const UNLISTED = /^decisions\//;
