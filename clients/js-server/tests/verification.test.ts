import { createHmac } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { answerHook, type Decide, eventsIn, signLogin, verify, WebhookError } from '../src/index.js';

const NOW = 1_767_225_600_000;
const OLD = `whsec_${Buffer.from('an old secret of 24 bytes').toString('base64')}`;
const NEW = `whsec_${Buffer.from('a new secret of 24 bytes.').toString('base64')}`;
const EVENT = { id: 'ev_1', type: 'room.opened', timestamp: '', tenant: '', stream: 'room:1', seq: 1, data: {} };

function sent(message: object, { by = [OLD], at = NOW }: { by?: string[]; at?: number } = {}) {
  const body = JSON.stringify(message);
  const seconds = String(Math.floor(at / 1000));
  const signatures = by.map((secret) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`m1.${seconds}.${body}`).digest('base64')}`;
  });
  const headers = { 'webhook-id': 'm1', 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
  return { headers, body };
}

describe('a request', () => {
  it('that is signed is what it says', () => {
    expect(verify({ secrets: [OLD], now: NOW, ...sent(EVENT) })).toEqual(EVENT);
  });

  it('may come with the headers of fetch, and as bytes', () => {
    const { headers, body } = sent(EVENT);
    const bytes = new TextEncoder().encode(body);
    expect(verify({ secrets: [OLD], now: NOW, headers: new Headers(headers), body: bytes })).toEqual(EVENT);
  });

  it('is good with the old secret and the new one while both are used', () => {
    const both = sent(EVENT, { by: [OLD, NEW] });
    for (const secrets of [[OLD], [NEW], [OLD, NEW]]) expect(verify({ secrets, now: NOW, ...both })).toEqual(EVENT);
    expect(verify({ secrets: [NEW, OLD], now: NOW, ...sent(EVENT) })).toEqual(EVENT);
  });

  it.each([
    ['with another secret', sent(EVENT, { by: [NEW] })],
    ['long ago', sent(EVENT, { at: NOW - 301_000 })],
    ['in the future', sent(EVENT, { at: NOW + 301_000 })],
    ['with another body', { ...sent(EVENT), body: '{}' }],
    ['without a signature', { ...sent(EVENT), headers: {} }],
    ['with a time that is none', { ...sent(EVENT), headers: { ...sent(EVENT).headers, 'webhook-timestamp': 'x' } }],
  ])('that was signed %s is refused', (_, request) => {
    expect(() => verify({ secrets: [OLD], now: NOW, ...request })).toThrow(WebhookError);
  });

  it('may be a batch of events', () => {
    expect(eventsIn({ type: 'batch', timestamp: '', data: { events: [EVENT, EVENT] } })).toEqual([EVENT, EVENT]);
    expect(eventsIn(EVENT)).toEqual([EVENT]);
  });

  it('of a hook is answered with the decision', async () => {
    const question = { ...EVENT, type: 'ask.enter', data: { role: 'audience' } };
    const decide: Decide = ({ type, data }) => ({ allow: false, message: `${type} ${data.role ?? ''}` });
    const answered = await answerHook({ secrets: [OLD], now: NOW, ...sent(question) }, decide);
    expect(answered).toEqual({ status: 200, body: '{"allow":false,"message":"ask.enter audience"}' });
  });
});

describe('a login', () => {
  it('is signed with the secret of its tag, for one session', () => {
    const [one, two] = [1, 2].map(() => signLogin('our-user-7', { tag: 'player', secret: 's3cret', now: NOW }));
    const text = `our-user-7-player-${NOW}-${one?.nonce ?? ''}`;
    expect(one?.signature).toBe(createHmac('sha256', 's3cret').update(text).digest('hex'));
    expect(one?.nonce).not.toBe(two?.nonce);
  });
});
