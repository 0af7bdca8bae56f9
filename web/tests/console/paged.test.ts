import { flushPromises } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';

import type { Paged } from '@/console/api';
import { useAsked } from '@/console/composables/useAsked';
import { usePaged } from '@/console/composables/usePaged';

interface Row {
  readonly id: string;
}
const row = (id: string): Row => ({ id });
const scoped = <T>(make: () => T): T => effectScope().run(make)!;

describe('a list', () => {
  it('grows page by page, and each row is there once', async () => {
    const pages: Record<string, Paged<Row>> = {
      '': { rows: [row('1'), row('2')], nextCursor: '2' },
      2: { rows: [row('2'), row('3')], nextCursor: '' },
    };
    const list = scoped(() => usePaged((cursor) => Promise.resolve(pages[cursor]!), ({ id }) => id));
    await flushPromises();
    expect(list.hasMore.value).toBe(true);
    await list.more();
    expect(list.rows.value.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(list.hasMore.value).toBe(false);
  });

  it('shows what was asked for last, whatever is answered last', async () => {
    const answers: ((page: Paged<Row>) => void)[] = [];
    const wanted = ref('a');
    const list = scoped(() => usePaged<Row>(() => new Promise((resolve) => answers.push(resolve)), ({ id }) => id, wanted));
    wanted.value = 'b';
    await nextTick();
    answers[1]?.({ rows: [row('new')], nextCursor: '' });
    answers[0]?.({ rows: [row('old')], nextCursor: '' });
    await flushPromises();
    expect(list.rows.value).toEqual([row('new')]);
  });

  it('keeps what it has where the next page fails', async () => {
    let fails = false;
    const list = scoped(() =>
      usePaged<Row>(() => (fails ? Promise.reject(new Error('down')) : Promise.resolve({ rows: [row('1')], nextCursor: '1' })), ({ id }) => id),
    );
    await flushPromises();
    fails = true;
    await list.more();
    expect(list.rows.value).toEqual([row('1')]);
    expect(list.failure.value).toBeInstanceOf(Error);
  });

  it('lets a row go that was dealt with', async () => {
    const list = scoped(() => usePaged<Row>(() => Promise.resolve({ rows: [row('1'), row('2')], nextCursor: '' }), ({ id }) => id));
    await flushPromises();
    list.put('1', null);
    expect(list.rows.value).toEqual([row('2')]);
  });
});

describe('a question', () => {
  it('can be asked again after it failed', async () => {
    let fails = true;
    const asked = scoped(() => useAsked(() => (fails ? Promise.reject(new Error('down')) : Promise.resolve(7))));
    await flushPromises();
    expect(asked.failure.value).toBeInstanceOf(Error);
    fails = false;
    await asked.reload();
    expect(asked.value.value).toBe(7);
    expect(asked.failure.value).toBeNull();
  });
});
