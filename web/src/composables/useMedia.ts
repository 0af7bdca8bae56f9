/** The room's pictures and sound: joined while a room is shown, fed with who is there and with what this tab shows. */

import { publishersOf } from '@liveroom/client';
import {
  type Adapters,
  type Credential,
  type Media,
  openMedia,
  type Provider,
  type Reach,
  type Remote,
  type Trouble,
} from '@liveroom/client/media';
import { adapter as mesh } from '@liveroom/client/mesh';
import { onScopeDispose, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';

import { Refusal, Unreachable } from '../api/answer';
import type { Wire } from '../api/wire';
import type { Source } from '../media/sources';
import type { Scene } from '../rooms/scene';

/** Most rooms of a fresh installation use the mesh; vendors' SDKs are large, and are loaded where a tenant uses them. */
const ADAPTERS: Adapters = {
  mesh: () => Promise.resolve({ adapter: mesh }),
  livekit: () => import('@liveroom/client/livekit'),
  trtc: () => import('@liveroom/client/trtc'),
};
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
interface UserMessage {
  readonly type: string;
  readonly roomId?: string;
  readonly fromUserId?: string;
  readonly payload?: unknown;
}

/** The media themselves: joined and left, without knowing when. */
function useCarrier({ wire, me, roomId, publishes }: Needs) {
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
      const opened = await openMedia(ADAPTERS, {
        me,
        roomId,
        credential: () => wire.call<Credential>('rtc/credential', { roomId }),
        publishes: () => publishes.value,
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

/** What this tab shows, one change after the other: a seat that is taken is made known before it is used. */
function useShowing({ source, publishes }: Needs, { media, report }: ReturnType<typeof useCarrier>): void {
  let turn = Promise.resolve();

  async function show(carrier: Media, renewed: boolean): Promise<void> {
    try {
      if (!publishes.value) await carrier.withdraw();
      if (renewed) await carrier.renew?.();
      if (!publishes.value) return;
      await (source.value ? carrier.publish(source.value.stream) : carrier.withdraw());
    } catch (problem) {
      if (carrier === media.value) report(problem);
    }
  }

  watch([media, source, publishes], ([carrier, , may], [former, , might]) => {
    const renewed = carrier === former && may !== might;
    if (carrier) turn = turn.then(() => show(carrier, renewed));
  });
}

export function useMedia(needs: Needs) {
  const { wire, roomId, scene } = needs;
  const carrier = useCarrier(needs);
  const { media, join, leave } = carrier;

  const stopHearing = wire.onPersonal((event: UserMessage) => {
    const { type, fromUserId, payload } = event;
    if (type === 'rtc.signal' && event.roomId === roomId && fromUserId) media.value?.hear?.(fromUserId, payload);
  });
  const stopWatching = wire.onLink((link) => {
    if (link === 'connected') media.value?.refresh?.();
  });
  watch([media, scene], () => {
    const { members, total } = scene.value;
    const publishers = publishersOf(scene.value);
    media.value?.members?.({ members: [...members.values()], publishers, complete: total <= members.size });
  });
  useShowing(needs, carrier);
  void join();
  onScopeDispose(() => {
    stopHearing();
    stopWatching();
    leave();
  });
  const { remotes, trouble, reach, provider, failure } = carrier;
  return {
    remotes,
    trouble,
    reach,
    provider,
    failure,
    rejoin: () => void join(),
    measure: async () => (await media.value?.measure?.()) ?? [],
  };
}

function firstLine(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return text.split('\n')[0]?.slice(0, DETAIL_MAX) ?? '';
}
