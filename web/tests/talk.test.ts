import { effectScope, nextTick } from 'vue';
import { describe, expect, it } from 'vitest';

import { callsOf } from '../src/api/calls';
import { Unreachable } from '../src/api/answer';
import type { Message } from '../src/api/show';
import type { Listener } from '../src/composables/useVisit';
import { useTalk } from '../src/composables/useTalk';
import { LINES_MAX, withMessages, withRecalled } from '../src/rooms/talk';
import { message, news } from './samples';
import { FakeWire, settle } from './wires';

const ids = (lines: readonly Message[]) => lines.map(({ messageId }) => messageId);

describe('the lines of a chat', () => {
  it('stand in the order of their numbers, each once', () => {
    const lines = withMessages([message('9'), message('11')], [message('10'), message('9', 'again')]);
    expect(ids(lines)).toEqual(['9', '10', '11']);
    expect(lines[0]!.text).toBe('again');
  });

  it('are so many and no more, however much is said', () => {
    let lines: readonly Message[] = [];
    for (let at = 0; at < 10_000; at += 50) {
      lines = withMessages(lines, Array.from({ length: 50 }, (_, index) => message(String(at + index))));
    }
    expect(lines).toHaveLength(LINES_MAX);
    expect(lines.at(-1)!.messageId).toBe('9999');
  });

  it('leave out what is for apps alone', () => {
    expect(withMessages([], [message('1', '', { type: 'custom', data: {} })])).toEqual([]);
  });

  it('show that something was taken back, and not what', () => {
    const [line] = withRecalled([message('1', 'oh')], '1');
    expect(line).toMatchObject({ recalled: true, text: '' });
  });
});

describe('the talk', () => {
  function talk(replies: ConstructorParameters<typeof FakeWire>[0]) {
    const wire = new FakeWire({ 'messages/history': () => [message('2'), message('1')], ...replies });
    const listeners: Listener[] = [];
    const opened = effectScope().run(() =>
      useTalk({ calls: callsOf(wire, 'r'), listen: (listener) => void listeners.push(listener) }),
    )!;
    return { wire, ...opened, hear: (event: object) => { listeners[0]!.events!(news([event as never]).events); }, listeners };
  }

  it('begins with what was said, and goes on with what is said', async () => {
    const { lines, hear } = talk({});
    await settle();
    hear({ type: 'message.sent', data: message('3') });
    hear({ type: 'message.recalled', data: { messageId: '2' } });
    expect(ids(lines.value)).toEqual(['1', '2', '3']);
    expect(lines.value[1]!.recalled).toBe(true);
  });

  it('shows notices of the operator where they were told', async () => {
    const { lines, hear } = talk({ 'messages/history': () => [message('1767225599999')] });
    await settle();
    hear({ type: 'room.notice', data: { text: 'Back in five minutes', data: null } });
    expect(lines.value.map(({ type, text }) => [type, text])).toEqual([
      ['text', 'text of 1767225599999'],
      ['notice', 'Back in five minutes'],
    ]);
  });

  it('asks anew after news were lost', async () => {
    const { wire, listeners } = talk({});
    await settle();
    listeners[0]!.afresh!();
    await settle();
    expect(wire.calls.filter(([method]) => method === 'messages/history')).toHaveLength(2);
  });

  it('sends what had no answer by the same key, and what is said next by another', async () => {
    let answers = false;
    const { wire, send, lines } = talk({
      'messages/send': ({ text }) => {
        if (!answers) throw new Unreachable('x');
        return message('5', String(text));
      },
    });
    await expect(send({ text: 'hello' })).rejects.toBeInstanceOf(Unreachable);
    answers = true;
    await send({ text: 'hello' });
    await send({ text: 'hello' });
    await nextTick();
    const keys = wire.calls.filter(([method]) => method === 'messages/send').map(([, { key }]) => key);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[1]);
    expect(ids(lines.value)).toContain('5');
  });
});
