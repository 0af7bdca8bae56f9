/** The name of the browser's tab, while a screen is shown. */

import { onScopeDispose, type Ref, watchEffect } from 'vue';

const PAGE = 'liveroom';

export function useTitle(title: Readonly<Ref<string>>): void {
  watchEffect(() => {
    document.title = `${title.value} · ${PAGE}`;
  });
  onScopeDispose(() => {
    document.title = PAGE;
  });
}
