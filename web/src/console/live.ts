/** Whether what is shown is live: the state of the one connection over which the console hears. */
import { type ChannelListener, Closed, type Stop } from '@liveroom/client/operator';
import { ref } from 'vue';

import type { Api } from './api';

/** `off`: the service gives no token, since it has no such socket or the operator may not listen. */
export type LiveState = 'connecting' | 'live' | 'off';

export class Live {
  readonly state = ref<LiveState>('connecting');
  private readonly api: Api;

  constructor(api: Api) {
    this.api = api;
    api.onStatus((status, code) => {
      if (status === 'connected') this.state.value = 'live';
      else this.state.value = status === 'closed' && code === Closed.NO_TOKEN ? 'off' : 'connecting';
    });
  }

  /** Listen to a channel; returns how to stop. Where there is no socket, it is not asked for again. */
  listen(channel: string, listener: ChannelListener<unknown, unknown>): Stop {
    return this.state.value === 'off' ? () => undefined : this.api.follow(channel, listener);
  }

  /** End the connection: whoever signs in next has one of their own. */
  close(): void {
    this.api.close();
    this.state.value = 'connecting';
  }
}
