/** A channel of the console's socket, for as long as what shows it is there. */
import { onScopeDispose, type Ref, watch } from 'vue';

import type { LiveState } from '../live';
import { useConsole } from './useConsole';

export function useChannel(channel: Ref<string> | string, heard: { state?: (data: unknown) => void; news?: (data: unknown) => void; ended?: () => void }): Ref<LiveState> {
  const { live, tenant } = useConsole();
  const nothing = () => undefined;
  const listener = { state: heard.state ?? nothing, news: heard.news ?? nothing, ended: heard.ended ?? nothing };
  let stop = nothing as () => void;
  const begin = (name: string) => {
    stop();
    stop = name === '' ? nothing : live.listen(name, listener);
  };
  watch([() => (typeof channel === 'string' ? channel : channel.value), tenant], ([name]) => { begin(name); }, { immediate: true });
  onScopeDispose(() => { stop(); });
  return live.state;
}
