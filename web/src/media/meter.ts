/** How loud a stream is. */

let shared: AudioContext | null = null;

/** One for all: browsers allow few. It sleeps until the page was touched. */
function context(): AudioContext | null {
  if (typeof AudioContext === 'undefined') return null;
  if (shared === null) {
    const made = new AudioContext();
    shared = made;
    const wake = () => {
      if (made.state === 'suspended') void made.resume().catch(() => undefined);
    };
    wake();
    document.addEventListener('pointerdown', wake, { passive: true });
    document.addEventListener('keydown', wake, { passive: true });
  }
  return shared;
}

export class Meter {
  private readonly samples: Float32Array<ArrayBuffer>;

  private constructor(
    private readonly source: MediaStreamAudioSourceNode,
    private readonly analyser: AnalyserNode,
    private readonly track: MediaStreamTrack,
  ) {
    this.samples = new Float32Array(analyser.fftSize);
    source.connect(analyser);
  }

  /** Return a meter, or null where there is nothing to hear. */
  static of(stream: MediaStream): Meter | null {
    const [track] = stream.getAudioTracks();
    const audio = track ? context() : null;
    if (!track || !audio) return null;
    const source = audio.createMediaStreamSource(new MediaStream([track]));
    return new Meter(source, new AnalyserNode(audio, { fftSize: 512, smoothingTimeConstant: 0 }), track);
  }

  /** Whether it is this stream's sound that is measured, and not that of a track before. */
  hears(stream: MediaStream): boolean {
    return stream.getAudioTracks()[0] === this.track;
  }

  /** Between 0 and 1: the root of the mean square of the last samples. */
  level(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return Math.sqrt(sum / this.samples.length);
  }

  close(): void {
    this.source.disconnect();
  }
}
