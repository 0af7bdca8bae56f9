/** Typed events, and a state that says when it has changed: what sessions, rooms and room lists have in common. */

/** Ends what the call that returned it has begun. */
export type Stop = () => void;

/** `Events` names each event with what its handlers are given. */
export class Emitter<Events extends object> {
  private readonly handlers = new Map<keyof Events, Set<(event: never) => void>>();

  /** Call the handler at each event of this type, until the function that is returned is called. */
  on<Type extends keyof Events>(type: Type, handler: (event: Events[Type]) => void): Stop {
    const known = this.handlers.get(type) ?? new Set();
    this.handlers.set(type, known.add(handler));
    return () => known.delete(handler);
  }

  protected emit<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    for (const handler of [...(this.handlers.get(type) ?? [])]) guarded(handler as (event: Events[Type]) => void, event);
  }
}

/** Something with a state that is replaced, never changed: two equal references are the same state. */
export class Observable<State, Events extends object = object> extends Emitter<Events> {
  private readonly listeners = new Set<(state: State) => void>();

  constructor(private current: State) {
    super();
  }

  get state(): State {
    return this.current;
  }

  /** Call the listener now and at each change, until the function that is returned is called. */
  subscribe(listener: (state: State) => void): Stop {
    // Each subscription ends by itself, also where the same function was given twice.
    const mine = (state: State) => {
      listener(state);
    };
    this.listeners.add(mine);
    guarded(mine, this.current);
    return () => this.listeners.delete(mine);
  }

  protected become(state: State): void {
    this.current = state;
    for (const listener of [...this.listeners]) guarded(listener, state);
  }
}

/** One handler that throws keeps nobody else from hearing; what it threw is reported as uncaught. */
export function guarded<Value>(handler: (value: Value) => void, value: Value): void {
  try {
    handler(value);
  } catch (failure) {
    queueMicrotask(() => {
      throw failure;
    });
  }
}
