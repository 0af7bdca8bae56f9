import { describe, expect, it } from 'vitest';

import { Reminders } from '../src/session/reminders.js';

function service(...answers: unknown[]) {
  const asked: unknown[] = [];
  const call = (method: string, params: unknown) => {
    asked.push([method, params]);
    return Promise.resolve(answers.shift());
  };
  return { asked, call };
}

describe('reminders', () => {
  it('are of a broadcast, by the key of its link where it has one', async () => {
    const at = service({ roomId: '7', reminded: true }, { roomId: '7', reminded: true }, null, []);
    const reminders = new Reminders(at);
    expect((await reminders.add('7')).reminded).toBe(true);
    await reminders.show('7', { linkKey: 'k' });
    await reminders.remove('7');
    expect(await reminders.list()).toEqual([]);
    expect(at.asked).toEqual([
      ['reminders/add', { roomId: '7' }],
      ['reminders/show', { roomId: '7', linkKey: 'k' }],
      ['reminders/remove', { roomId: '7' }],
      ['reminders/list', { limit: 50 }],
    ]);
  });

  it('are for broadcasts that hosts announce, at a time of the world', async () => {
    const at = service({ roomId: '7' }, []);
    const reminders = new Reminders(at);
    await reminders.schedule({ title: 'Choir', starts: new Date('2026-12-01T20:00:00+08:00') });
    await reminders.coming({ category: 'live' });
    expect(at.asked).toEqual([
      ['rooms/schedule', { title: 'Choir', startUtc: '2026-12-01 12:00:00' }],
      ['rooms/scheduled', { category: 'live', limit: 20 }],
    ]);
  });
});
