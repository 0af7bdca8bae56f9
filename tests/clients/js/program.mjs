// Apps on @liveroom/client, moved by commands and telling what they see: one of tests/sdk/programs.py's programs.
//
// A command is {id, client, op, ...}; its answer is {id, ok} or {id, error: {code, message}}. What an app sees on its own
// is {client, event, ...}. Apps that name the same storage share it, as tabs of a browser do.
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { Liveroom, memoryStorage } from '@liveroom/client';
import WebSocket from 'ws';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const write = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);
const storages = new Map();
const apps = new Map();

function storageOf(name) {
  if (name === undefined) return memoryStorage();
  if (!storages.has(name)) storages.set(name, memoryStorage());
  return storages.get(name);
}

class App {
  constructor(client, { endpoint, storage, websocket = true, ...options }) {
    this.tell = (event, facts) => write({ client, event, ...facts });
    const socket = websocket ? { websocket: WebSocket } : {};
    this.liveroom = new Liveroom(endpoint, { storage: storageOf(storage), language: 'en', ...socket, ...options });
  }

  // How to sign in: a method of Liveroom, with its arguments.
  async sign({ how, args = [] }) {
    const session = await this.liveroom[how](...args);
    if (!session) return null;
    this.session = session;
    session.on('status', (status) => this.tell('status', { status }));
    session.on('token', () => this.tell('token', {}));
    session.on('end', (reason) => this.tell('signed out', { reason }));
    session.on('user.invited', ({ data }) => this.tell('invited', data));
    return { userId: session.user.userId, token: session.token };
  }

  async enter({ roomId, ...options }) {
    const room = await this.session.enter(roomId, options);
    this.room = room;
    room.on('event', ({ type, seq, epoch }) => this.tell('event', { type, seq, epoch }));
    room.on('message', ({ text }) => this.tell('message', { text }));
    room.on('likes', (count) => this.tell('likes', { count }));
    room.on('refreshed', ({ epoch }) => this.tell('refreshed', { epoch }));
    room.subscribe(() => this.tell('state', {}));
    room.on('end', ({ reason, detail }) => this.tell('end', { reason, detail }));
    return this.state();
  }

  // Call a method of the session or the room: `room.seats.take`.
  async act({ what, args = [] }) {
    const names = what.split('.');
    const method = names.pop();
    const target = names.reduce((found, name) => found[name], this);
    return (await target[method](...args)) ?? null;
  }

  state() {
    const { members, messages, muted, appointed, ...state } = this.room.state;
    return {
      ...state,
      members: [...members.values()],
      messages: messages.map(({ text }) => text),
      muted: Object.fromEntries(muted),
      appointed: [...appointed],
    };
  }

  follow() {
    this.list = this.session.rooms.list();
    this.list.subscribe(({ rooms, phase }) => this.tell('list', { phase, rooms: rooms.map(({ title }) => title) }));
  }

  token() {
    return this.session.token;
  }

  // Bytes in use once all that is garbage is gone.
  async heap() {
    for (let turn = 0; turn < 4; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    return process.memoryUsage().heapUsed;
  }

  disconnect() {
    this.list?.close();
    this.session?.close();
  }
}

async function obey({ id, client, op, ...params }) {
  try {
    if (op === 'open') apps.set(client, new App(client, params));
    const ok = op === 'open' ? {} : await apps.get(client)[op](params);
    write({ id, ok: ok ?? null });
  } catch (failure) {
    const wait = failure?.retryAfter ? `, wait ${failure.retryAfter} s` : '';
    write({ id, error: { code: failure?.code ?? -1, message: `${failure?.name}${wait}: ${failure?.message}` } });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void obey(JSON.parse(line)));
lines.on('close', () => process.exit(0));
