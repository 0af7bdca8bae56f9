/**
 * What this tab shows to others. It outlives screens: chosen before the room is there, sent once it is.
 *
 * Which source it was is kept with the tab, so that a host who loads the page anew goes on where a browser allows it.
 */

import { readonly, ref, shallowRef } from 'vue';

import { keepDevices, keptDevices } from '../media/devices';
import { type Devices, NoSource, openSource, type Source, type SourceKind, type SourceProblem } from '../media/sources';

const KEPT_AS = 'liveroom.source';
const KINDS: readonly string[] = ['camera', 'microphone', 'screen', 'test'] satisfies SourceKind[];

const source = shallowRef<Source | null>(null);
const opening = ref<SourceKind | null>(null);
const problem = ref<SourceProblem | null>(null);
const microphone = ref(true);
const camera = ref(true);
/** What a host has muted of whoever sits on a seat. */
const hushed = ref({ audio: false, video: false });

async function open(kind: SourceKind, name: string): Promise<boolean> {
  if (opening.value) return false;
  opening.value = kind;
  problem.value = null;
  try {
    const opened = await openSource(kind, name, keptDevices(localStorage));
    source.value?.stop();
    source.value = opened;
    apply();
    const [track] = [...opened.stream.getVideoTracks(), ...opened.stream.getAudioTracks()];
    track?.addEventListener('ended', () => {
      if (source.value === opened) close();
    });
    sessionStorage.setItem(KEPT_AS, kind);
    return true;
  } catch (failure) {
    problem.value = failure instanceof NoSource ? failure.problem : 'unsupported';
    return false;
  } finally {
    opening.value = null;
  }
}

/** Use another camera or microphone, and remember it. */
async function use(devices: Devices, name: string): Promise<void> {
  keepDevices(localStorage, { ...keptDevices(localStorage), ...devices });
  const kind = source.value?.kind;
  if (kind === 'camera' || kind === 'microphone') await open(kind, name);
}

/** After a reload: open what was shown before, unless that needs a click (the screen does). */
async function reopen(name: string): Promise<void> {
  const kept = sessionStorage.getItem(KEPT_AS);
  if (!source.value && kept && kept !== 'screen' && KINDS.includes(kept)) await open(kept as SourceKind, name);
}

function close(): void {
  source.value?.stop();
  source.value = null;
  problem.value = null;
  sessionStorage.removeItem(KEPT_AS);
}

function apply(): void {
  const { audio, video } = hushed.value;
  for (const track of source.value?.stream.getAudioTracks() ?? []) track.enabled = microphone.value && !audio;
  for (const track of source.value?.stream.getVideoTracks() ?? []) track.enabled = camera.value && !video;
}

export function useStage() {
  return {
    source,
    opening: readonly(opening),
    problem: readonly(problem),
    microphone: readonly(microphone),
    camera: readonly(camera),
    hushed: readonly(hushed),
    open,
    reopen,
    close,
    use,
    toggle: (what: 'microphone' | 'camera') => {
      const switched = what === 'microphone' ? microphone : camera;
      switched.value = !switched.value;
      apply();
    },
    hush: (muted: { audio: boolean; video: boolean }) => {
      hushed.value = muted;
      apply();
    },
  };
}
