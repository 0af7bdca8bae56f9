/** A socket that is played by the test: what is sent to it are the protocol's own commands. */

interface Command {
  readonly id?: number;
  readonly connect?: object;
  readonly subscribe?: { readonly channel: string };
}

/** A `WebSocket` whose other end accepts whatever it is asked. */
export class Wire {
  static made: Wire[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onclose?: (event: { code: number; reason: string }) => void;

  constructor() {
    Wire.made.push(this);
    queueMicrotask(() => this.onopen?.());
  }

  send(text: string): void {
    for (const line of text.split('\n')) this.answer(JSON.parse(line) as Command);
  }

  close(): void {
    this.onclose?.({ code: 1000, reason: '' });
  }

  say(reply: object): void {
    this.onmessage?.({ data: JSON.stringify(reply) });
  }

  private answer({ id, connect, subscribe }: Command): void {
    if (connect) queueMicrotask(() => { this.say({ id, connect: { client: 'c1', version: '1', expires: true, ttl: 300 } }); });
    else if (subscribe) queueMicrotask(() => { this.say({ id, subscribe: { data: { of: subscribe.channel } } }); });
    else if (id !== undefined) queueMicrotask(() => { this.say({ id, unsubscribe: {} }); });
  }
}
