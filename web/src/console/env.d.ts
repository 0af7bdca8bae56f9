import 'vue-router';

import type { CommonKey } from './i18n/common.en';

declare module 'vue-router' {
  interface RouteMeta {
    /** Which permission the page needs; null: none. */
    permission?: string | null;
    title?: CommonKey;
  }
}
