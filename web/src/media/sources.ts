/** What somebody can show: camera, microphone alone, the screen, or the test picture; and why not, where they cannot. */

import { testPicture } from './testpicture';

export type SourceKind = 'camera' | 'microphone' | 'screen' | 'test';

/** Which devices are wanted, by the browser's ids; without an id, the browser's choice. */
export interface Devices {
  readonly camera?: string | undefined;
  readonly microphone?: string | undefined;
}

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

type Access = Pick<MediaDevices, 'getUserMedia'> & Partial<Pick<MediaDevices, 'getDisplayMedia'>>;

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
  devices: Partial<Access> | undefined,
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
export async function openSource(kind: SourceKind, name: string, devices: Devices = {}): Promise<Source> {
  const problem = obstacleHere(kind);
  if (problem) throw new NoSource(problem);
  if (kind === 'test') return { kind, ...testPicture(name) };
  try {
    const stream = await OPEN[kind](devices);
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
async function cameraAndVoice(devices: Devices): Promise<MediaStream> {
  const video = { ...CAMERA, ...chosen(devices.camera) };
  return firstOf([{ video, audio: { ...VOICE, ...chosen(devices.microphone) } }, { video: CAMERA, audio: VOICE }, { video: CAMERA }]);
}

function voiceAlone(devices: Devices): Promise<MediaStream> {
  return firstOf([{ audio: { ...VOICE, ...chosen(devices.microphone) } }, { audio: VOICE }]);
}

function chosen(id: string | undefined): MediaTrackConstraints {
  return id ? { deviceId: { exact: id } } : {};
}

/** A device that was chosen once may be unplugged: then another will do. */
async function firstOf([wish, ...others]: readonly MediaStreamConstraints[]): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia(wish);
  } catch (failure) {
    if (others.length === 0 || problemOf(failure) !== 'missing') throw failure;
    return firstOf(others);
  }
}

/** The screen, with its own sound where the browser gives that, else with the microphone where one may be used. */
async function screenAndVoice(devices: Devices): Promise<MediaStream> {
  const screen = await navigator.mediaDevices.getDisplayMedia({ video: SCREEN, audio: true });
  if (screen.getAudioTracks().length > 0) return screen;
  const voice = await voiceAlone(devices).catch(() => null);
  return new MediaStream([...screen.getTracks(), ...(voice?.getAudioTracks() ?? [])]);
}

const OPEN = { camera: cameraAndVoice, microphone: voiceAlone, screen: screenAndVoice } as const;

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
