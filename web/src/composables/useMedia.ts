/** The room's pictures and sound: joined while a room is shown, fed with who is there and with what this tab shows. */

import { onScopeDispose, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';

import { Refusal, Unreachable } from '../api/answer';
import type { Wire } from '../api/wire';
import type { Credential, Media, Provider, Reach, Remote, Trouble } from '../media/media';
import { openMedia } from '../media/open';
import type { Source } from '../media/sources';
import type { Scene } from '../rooms/scene';

/** Vendors' sentences are long. */
const DETAIL_MAX = 200;

interface Needs {
  readonly wire: Wire;
  readonly me: string;
  readonly roomId: string;
  readonly scene: Readonly<Ref<Scene>>;
  readonly source: Readonly<ShallowRef<Source | null>>;
  readonly publishes: Readonly<Ref<boolean>>;
}
interface Whisper {
  readonly type: string;
  readonly roomId?: string;
  readonly fromUserId?: string;
  readonly payload?: unknown;
}

/** The media themselves: joined and left, without knowing when. */
function useCarrier({ wire, me, roomId }: Needs) {
  const remotes = shallowRef<readonly Remote[]>([]);
  const trouble = shallowRef<Trouble | null>(null);
  const reach = shallowRef<Reach>({ connected: 0, unreachable: 0 });
  const provider = ref<Provider | null>(null);
  const failure = shallowRef<unknown>(null);
  const media = shallowRef<Media | null>(null);
  let attempt = 0;

  async function join(): Promise<void> {
    leave();
    const mine = attempt;
    try {
      const opened = await openMedia({
        me,
        roomId,
        credential: () => wire.call<Credential>('rtc/credential', { roomId }),
        signal: (to, payload) => wire.call('rtc/signal', { roomId, to, payload }),
        events: {
          remotes: (now) => (remotes.value = now),
          trouble: (now) => (trouble.value = now),
          reach: (now) => (reach.value = now),
        },
      });
      provider.value = opened.provider;
      await opened.media.join();
      if (mine === attempt) media.value = opened.media;
      else opened.media.close();
    } catch (problem) {
      if (mine === attempt) report(problem);
    }
  }

  /** The service's refusals have words of their own; all else is the vendor's. */
  function report(problem: unknown): void {
    if (problem instanceof Refusal || problem instanceof Unreachable) failure.value = problem;
    else trouble.value = { kind: 'provider', detail: firstLine(problem) };
  }

  function leave(): void {
    attempt += 1;
    media.value?.close();
    media.value = null;
    remotes.value = [];
    trouble.value = null;
    failure.value = null;
  }

  return { remotes, trouble, reach, provider, failure, media, join, leave, report };
}

export function useMedia(needs: Needs) {
  const { wire, roomId, scene, source, publishes } = needs;
  const { media, join, leave, report, ...shown } = useCarrier(needs);

  async function show(): Promise<void> {
    if (!media.value) return;
    try {
      await (publishes.value && source.value ? media.value.publish(source.value.stream) : media.value.withdraw());
    } catch (problem) {
      report(problem);
    }
  }

  const stopHearing = wire.onPersonal((event: Whisper) => {
    const { type, fromUserId, payload } = event;
    if (type === 'rtc.signal' && event.roomId === roomId && fromUserId) media.value?.hear?.(fromUserId, payload);
  });
  const stopWatching = wire.onLink((link) => {
    if (link === 'connected') media.value?.refresh?.();
  });
  watch([media, scene], () => {
    const { members, total } = scene.value;
    media.value?.members?.([...members.values()], total <= members.size);
  });
  watch([media, source, publishes], () => void show());
  void join();
  onScopeDispose(() => {
    stopHearing();
    stopWatching();
    leave();
  });
  return { ...shown, rejoin: () => void join() };
}

function firstLine(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return text.split('\n')[0]?.slice(0, DETAIL_MAX) ?? '';
}
