/** What waits for operators, as it comes and goes: the badges of reports and appeals, and a sound for each new one. */
import type { AppealNews, ReportNews } from '@liveroom/client/operator';
import { onScopeDispose, watch } from 'vue';

import { useBadges } from './useBadges';
import { useChannel } from './useChannel';
import { useConsole } from './useConsole';
import { useSound } from './useSound';

type News = ReportNews | AppealNews;
const MOST = 100;

/** Whether what has changed waits now. */
const waits = (news: News) => ('report' in news ? news.report?.state === 'open' : news.appeal?.state === 'appealed');

/** Keep the badges; asked for once, by the shell. */
export function useQueueNews(): void {
  const { may } = useConsole();
  if (!may('reports.view') || !may('overview.view')) return;
  useQueue('reports');
  useQueue('appeals');
}

/** Keep the badge of a page. */
function useQueue(page: 'reports' | 'appeals'): void {
  const { tenant } = useConsole();
  const badges = useBadges();
  const { ring } = useSound();
  let before = 0;
  const clear = () => { show(0); };

  function show(open: number): void {
    before = open;
    badges.value = { ...badges.value, [page]: open === 0 ? '' : open >= MOST ? `${MOST}+` : String(open) };
  }

  useChannel(`console:${page}`, {
    state: (data) => {
      show((data as News).open);
    },
    news: (data) => {
      const news = data as News;
      // What somebody takes on, or gives back, waits as before.
      if (waits(news) && (news.open > before || news.open >= MOST)) ring();
      show(news.open);
    },
    ended: clear,
  });
  // What waits for one tenant, or for whoever was signed in, is nothing to the next.
  watch(tenant, clear, { flush: 'sync' });
  onScopeDispose(clear);
}
