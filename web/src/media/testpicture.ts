/**
 * A moving picture and a quiet tone, for whoever has no camera.
 *
 * It goes on while its tab is hidden, so that two tabs of one browser are enough to see a show: a worker gives the
 * beat, and where a browser can, frames are handed to the track directly instead of being captured from the canvas.
 */

import { paint } from './painting';

const WIDTH = 640;
const HEIGHT = 360;
const FRAMES_A_SECOND = 15;
const LOUDNESS = 0.04;
const CHORD_HZ = [220, 277.18, 329.63];

export interface Picture {
  readonly stream: MediaStream;
  stop(): void;
}

interface Generator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}
type MakeGenerator = new (kind: { kind: 'video' }) => Generator;

export function testPicture(name: string): Picture {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no canvas');
  const out = outlet(canvas);
  const tone = hum();
  const draw = () => {
    paint(context, name, new Date());
    out.frame();
  };
  const ticker = new Worker(new URL('./ticker.ts', import.meta.url), { type: 'module' });
  ticker.onmessage = draw;
  draw();
  return {
    stream: new MediaStream([out.track, ...tone.tracks]),
    stop() {
      ticker.terminate();
      tone.stop();
      out.track.stop();
    },
  };
}

function outlet(canvas: HTMLCanvasElement): { track: MediaStreamTrack; frame(): void } {
  const make = (globalThis as { MediaStreamTrackGenerator?: MakeGenerator }).MediaStreamTrackGenerator;
  if (make && typeof VideoFrame === 'function') {
    const track = new make({ kind: 'video' });
    const writer = track.writable.getWriter();
    return {
      track,
      frame() {
        if (track.readyState !== 'live' || (writer.desiredSize ?? 0) <= 0) return;
        const frame = new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1000) });
        writer.write(frame).catch(() => {
          frame.close();
        });
      },
    };
  }
  const [track] = canvas.captureStream(FRAMES_A_SECOND).getVideoTracks();
  if (!track) throw new Error('no picture');
  return { track, frame: () => undefined };
}

function hum(): { tracks: MediaStreamTrack[]; stop(): void } {
  const audio = new AudioContext();
  const out = audio.createMediaStreamDestination();
  const loudness = new GainNode(audio, { gain: LOUDNESS });
  loudness.connect(out);
  for (const frequency of CHORD_HZ) {
    const voice = new OscillatorNode(audio, { frequency, type: 'sine' });
    voice.connect(loudness);
    voice.start();
  }
  void audio.resume();
  return {
    tracks: out.stream.getAudioTracks(),
    stop() {
      void audio.close();
    },
  };
}
