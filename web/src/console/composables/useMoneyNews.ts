/** How many requests wait for an approval: asked for now and then, since it is seldom and each question is in the audit. */
import { onScopeDispose, watch } from 'vue';

import { useBadges } from './useBadges';
import { useConsole } from './useConsole';

const EVERY_MS = 300_000;
const MOST = 100;

/** Show how many wait. */
export function useMoneyBadge(): (count: number, more?: boolean) => void {
  const badges = useBadges();
  return (count, more = false) => {
    badges.value = { ...badges.value, money: count === 0 ? '' : more ? `${count}+` : String(count) };
  };
}

/** Keep the badge; asked for once, by the shell. */
export function useMoneyNews(): void {
  const { api, may, tenant } = useConsole();
  if (!may('money.approve') || !may('money.view')) return;
  const show = useMoneyBadge();
  let turn = 0;

  async function look(): Promise<void> {
    const mine = (turn += 1);
    try {
      const { rows, nextCursor } = await api.page('admin/list_approvals', { state: 'asked', limit: MOST });
      if (mine === turn) show(rows.length, nextCursor !== '');
    } catch {
      // The badge stays as it is; it is asked for again.
    }
  }

  const timer = window.setInterval(() => {
    if (document.visibilityState === 'visible') void look();
  }, EVERY_MS);
  watch(
    tenant,
    () => {
      show(0);
      void look();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    turn += 1;
    window.clearInterval(timer);
    show(0);
  });
}
