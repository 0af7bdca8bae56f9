import { expect, it } from 'vitest';

import { askPassword, type Field, lacks, useConfirm } from '@/console/composables/useConfirm';

const field = (kind: Field['kind'], needed = false): Field => ({ name: 'a', label: 'A', kind, needed });

it('whoever is asked for the password anew has not answered the first time', async () => {
  const first = askPassword();
  const second = askPassword();
  useConfirm().password.value?.('secret');
  expect(await Promise.race([first, Promise.resolve('never')])).toBeNull();
  expect(await second).toBe('secret');
});

it('a field that is needed lacks a text of blanks', () => {
  expect(lacks(field('text', true), '  ')).toBe(true);
  expect(lacks(field('text', true), 'a')).toBe(false);
  expect(lacks(field('text'), '')).toBe(false);
});

it.each(['', 'many', '-1', '1.5', '1e3', '12345678901'])('is no whole number: %s', (text) => {
  expect(lacks(field('whole'), text)).toBe(true);
});

it.each(['0', '500', ' 42 '])('is a whole number: %s', (text) => {
  expect(lacks(field('whole'), text)).toBe(false);
});
