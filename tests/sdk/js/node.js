// The JavaScript SDK in Node: commands come as lines of JSON, and so do the answers.
import { createInterface } from 'node:readline';

import * as json from 'centrifuge';
import * as protobuf from 'centrifuge/build/protobuf';
import { EventSource } from 'eventsource';
import WebSocket from 'ws';

import { Clients } from './clients.js';

const needs = { websocket: WebSocket, eventsource: EventSource };
const clients = new Clients({ json, protobuf }, needs, (said) =>
  process.stdout.write(`${JSON.stringify(said)}\n`),
);
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => clients.obey(JSON.parse(line)));
lines.on('close', () => process.exit(0));
