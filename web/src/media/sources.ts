/** What somebody can show: camera and microphone, the screen, or the test picture; and why not, where they cannot. */

import { testPicture } from './testpicture';

export type SourceKind = 'camera' | 'screen' | 'test';

export interface Source {
  readonly kind: SourceKind;
  readonly stream: MediaStream;
  stop(): void;
}

/**
 * `insecure`: browsers give cameras to https and localhost only. `refused`: the person or the system said no.
 * `missing`: there is none. `busy`: another program has it. `unsupported`: this browser cannot.
 */
export type SourceProblem = 'insecure' | 'refused' | 'missing' | 'busy' | 'unsupported';

export class NoSource extends Error {
  override readonly name = 'NoSource';

  constructor(readonly problem: SourceProblem) {
    super(problem);
  }
}

type Devices = Pick<MediaDevices, 'getUserMedia'> & Partial<Pick<MediaDevices, 'getDisplayMedia'>>;

const CAMERA: MediaTrackConstraints = {
  width: { ideal: 960 },
  height: { ideal: 540 },
  frameRate: { ideal: 24, max: 30 },
  facingMode: 'user',
};
const SCREEN: MediaTrackConstraints = {
  width: { max: 1920 },
  height: { max: 1080 },
  frameRate: { ideal: 15, max: 20 },
};
const VOICE: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Say why a source cannot be used at all here, before anybody is asked for anything; null when it can. */
export function obstacle(
  kind: SourceKind,
  secure: boolean,
  devices: Partial<Devices> | undefined,
): SourceProblem | null {
  if (kind === 'test') return null;
  if (!secure) return 'insecure';
  if (!devices?.getUserMedia) return 'unsupported';
  return kind === 'screen' && !devices.getDisplayMedia ? 'unsupported' : null;
}

export function obstacleHere(kind: SourceKind): SourceProblem | null {
  return obstacle(kind, globalThis.isSecureContext, navigator.mediaDevices);
}

/** Open a source. Raises `NoSource`. */
export async function openSource(kind: SourceKind, name: string): Promise<Source> {
  const problem = obstacleHere(kind);
  if (problem) throw new NoSource(problem);
  if (kind === 'test') return { kind, ...testPicture(name) };
  try {
    const stream = kind === 'camera' ? await cameraAndVoice() : await screenAndVoice();
    return {
      kind,
      stream,
      stop: () => {
        stopAll(stream);
      },
    };
  } catch (failure) {
    throw new NoSource(problemOf(failure));
  }
}

/** A camera without a microphone is a camera; a microphone without a camera is not. */
async function cameraAndVoice(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: CAMERA, audio: VOICE });
  } catch (failure) {
    if (problemOf(failure) !== 'missing') throw failure;
    return navigator.mediaDevices.getUserMedia({ video: CAMERA });
  }
}

/** The screen, with its own sound where the browser gives that, else with the microphone where one may be used. */
async function screenAndVoice(): Promise<MediaStream> {
  const screen = await navigator.mediaDevices.getDisplayMedia({ video: SCREEN, audio: true });
  if (screen.getAudioTracks().length > 0) return screen;
  const voice = await navigator.mediaDevices.getUserMedia({ audio: VOICE }).catch(() => null);
  return new MediaStream([...screen.getTracks(), ...(voice?.getAudioTracks() ?? [])]);
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

const PROBLEMS: Record<string, SourceProblem> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

export function problemOf(failure: unknown): SourceProblem {
  const name = failure instanceof Error || failure instanceof DOMException ? failure.name : '';
  return PROBLEMS[name] ?? 'unsupported';
}
