// Clients of the official JavaScript SDK, moved by commands and telling what they see; the same in Node and in a browser.
//
// A command is {id, client, op, ...}; its answer is {id, ok} or {id, error: {code, message}}. What a client sees on its
// own is {client, event, ...}. ../python_clients.py is the same for Python; ../programs.py talks to all of them.

const QUICK = { minReconnectDelay: 50, maxReconnectDelay: 500 };
const QUICK_AGAIN = { minResubscribeDelay: 50, maxResubscribeDelay: 500 };

export class Clients {
  // builds: {json: {Centrifuge, UnauthorizedError}, protobuf: {...}}; options: what the surroundings need
  constructor(builds, options, tell) {
    this.builds = builds;
    this.options = options;
    this.tell = tell;
    this.clients = new Map();
  }

  async obey({ id, client, op, ...params }) {
    try {
      const ok = op === 'open' ? this.open(client, params) : await this.clients.get(client)[op](params);
      this.tell({ id, ok: ok ?? {} });
    } catch (error) {
      this.tell({ id, error: { code: error?.code ?? -1, message: error?.message ?? String(error) } });
    }
  }

  open(name, { encoding, ...params }) {
    const tell = (event, facts) => this.tell({ client: name, event, ...facts });
    this.clients.set(name, new Client(this.builds[encoding], encoding === 'protobuf', this.options, params, tell));
  }
}

class Client {
  // endpoint: a text, or a list of transports, which then post to emulationEndpoint
  constructor({ Centrifuge, UnauthorizedError }, binary, options, params, tell) {
    const { endpoint, emulationEndpoint, data, token, tokens, datas } = params;
    this.binary = binary;
    this.tell = tell;
    this.tokens = tokens ?? null;
    this.datas = datas ?? null;
    const given = { ...options, ...QUICK };
    if (emulationEndpoint !== undefined) given.emulationEndpoint = emulationEndpoint;
    if (token !== undefined) given.token = token;
    if (data !== undefined) given.data = this.pack(data);
    if (this.tokens) given.getToken = async () => this.next(this.tokens, 'tokenAsked', UnauthorizedError);
    if (this.datas) given.getData = async () => this.pack(this.next(this.datas, 'dataAsked', UnauthorizedError));
    this.sdk = new Centrifuge(endpoint, given);
    this.listen();
    this.sdk.connect();
  }

  next(queue, event, Exhausted) {
    this.tell(event, {});
    if (queue.length === 0) throw new Exhausted('nothing left');
    return queue.length > 1 ? queue.shift() : queue[0];
  }

  pack(value) {
    return this.binary ? new TextEncoder().encode(JSON.stringify(value)) : value;
  }

  unpack(value) {
    if (value === undefined || value === null) return null;
    if (!this.binary) return value;
    return value.length === 0 ? null : JSON.parse(new TextDecoder().decode(value));
  }

  listen() {
    const { sdk, tell } = this;
    sdk.on('connecting', ({ code, reason }) => tell('connecting', { code, reason }));
    sdk.on('connected', ({ client, data, transport }) =>
      tell('connected', { id: client, data: this.unpack(data), transport }),
    );
    sdk.on('disconnected', ({ code, reason }) => tell('disconnected', { code, reason }));
    sdk.on('error', ({ type, error }) => tell('error', { type, code: error.code, message: error.message }));
    sdk.on('message', ({ data }) => tell('message', { data: this.unpack(data) }));
    this.listenTo(sdk, { server: true });
  }

  // Subscriptions that the client made, and (by events of the client itself) those that the server made.
  listenTo(source, facts) {
    const tell = (event, ctx, more) => this.tell(event, { channel: ctx.channel, ...facts, ...more });
    source.on('subscribing', (ctx) => tell('subscribing', ctx, { code: ctx.code ?? null, reason: ctx.reason ?? '' }));
    source.on('subscribed', (ctx) =>
      tell('subscribed', ctx, {
        position: ctx.streamPosition ?? null,
        recoverable: ctx.recoverable,
        wasRecovering: ctx.wasRecovering,
        recovered: ctx.recovered,
        data: this.unpack(ctx.data),
      }),
    );
    source.on('unsubscribed', (ctx) => tell('unsubscribed', ctx, { code: ctx.code ?? null, reason: ctx.reason ?? '' }));
    source.on('publication', (ctx) => tell('publication', ctx, this.publication(ctx)));
    source.on('join', (ctx) => tell('join', ctx, { id: ctx.info.client, user: ctx.info.user }));
    source.on('leave', (ctx) => tell('leave', ctx, { id: ctx.info.client, user: ctx.info.user }));
  }

  publication({ offset, data }) {
    return { offset: offset ?? 0, data: this.unpack(data) };
  }

  subscribe({ channel, state, data, ...options }) {
    const given = { ...QUICK_AGAIN, ...options };
    if (data !== undefined) given.data = this.pack(data);
    if (state) given.getState = () => this.state(channel, state);
    const known = this.sdk.getSubscription(channel);
    const subscription = known ?? this.sdk.newSubscription(channel, given);
    if (!known) {
      this.listenTo(subscription, { server: false });
      subscription.on('error', ({ type, error }) =>
        this.tell('error', { channel, type, code: error.code, message: error.message }),
      );
    }
    subscription.subscribe();
  }

  // What an app does for getState: ask by RPC, show it, say from where the events go on.
  async state(channel, { method, params }) {
    const { data } = await this.rpc({ method, params });
    this.tell('state', { channel, data: data.data.state });
    return { offset: data.data.offset, epoch: data.data.epoch };
  }

  unsubscribe({ channel }) {
    this.sdk.getSubscription(channel).unsubscribe();
  }

  async rpc({ method, params }) {
    const { data } = await this.sdk.rpc(method, this.pack(params ?? {}));
    return { data: this.unpack(data) };
  }

  async publish({ channel, data }) {
    await this.sdk.publish(channel, this.pack(data));
  }

  async send({ data }) {
    await this.sdk.send(this.pack(data));
  }

  async presence({ channel }) {
    const { clients } = await this.sdk.presence(channel);
    return Object.fromEntries(Object.values(clients).map(({ client, user }) => [client, user]));
  }

  async presence_stats({ channel }) {
    const { numClients, numUsers } = await this.sdk.presenceStats(channel);
    return { clients: numClients, users: numUsers };
  }

  async history({ channel, ...options }) {
    const { publications, offset, epoch } = await this.sdk.history(channel, options);
    return { offset, epoch, publications: publications.map((one) => this.publication(one)) };
  }

  // Tokens or data for the SDK to ask for from now on.
  give({ tokens, datas }) {
    if (tokens) this.tokens.splice(0, Infinity, ...tokens);
    if (datas) this.datas.splice(0, Infinity, ...datas);
  }

  connect() {
    this.sdk.connect();
  }

  disconnect() {
    this.sdk.disconnect();
  }
}
