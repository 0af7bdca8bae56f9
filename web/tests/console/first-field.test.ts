import { beforeEach, describe, expect, it } from 'vitest';

import { focusFirst } from '@/console/composables/useFirstField';

const field = (id: string) => document.getElementById(id)!;
const focused = () => document.activeElement?.id;

describe('a dialog that has come up', () => {
  beforeEach(() => {
    document.body.innerHTML = '<input id="outside"><div id="dialog" tabindex="-1"><input id="coins"><textarea id="why"></textarea></div>';
  });

  it('is written in from its first field on', () => {
    for (const id of ['outside', 'dialog']) {
      field(id).focus();
      focusFirst(field('dialog'));
      expect(focused()).toBe('coins');
    }
  });

  it('leaves whoever was faster in the field where they write', () => {
    field('why').focus();
    focusFirst(field('dialog'));
    expect(focused()).toBe('why');
  });
});
