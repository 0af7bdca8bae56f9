import { describe, expect, it } from 'vitest';

import { methodsOf, thatHave } from '@/console/reference';

const described = {
  info: { version: '0.1.0' },
  paths: {
    '/base/v1/admin/close_room': {
      post: { tags: ['admin'], summary: 'Close a room', operationId: 'admin_close_room', description: 'Close a room.\n\nScope: `admin:rooms`. Permission: `rooms.moderate`.' },
    },
    '/base/v1/rooms/enter_room': { post: { tags: ['rooms'], summary: 'Enter a room', operationId: 'rooms_enter_room', description: 'Scope: `act:rooms`.' } },
    '/health': {},
  },
};

describe('the reference', () => {
  it('says of each method what it needs and where it is explained', () => {
    expect(methodsOf(described)).toEqual([
      { name: 'admin/close_room', module: 'admin', summary: 'Close a room', scope: 'admin:rooms', permission: 'rooms.moderate', anchor: 'admin_close_room' },
      { name: 'rooms/enter_room', module: 'rooms', summary: 'Enter a room', scope: 'act:rooms', permission: '', anchor: 'rooms_enter_room' },
    ]);
  });

  it('is searched by all words, in name, text, scope and permission', () => {
    const methods = methodsOf(described);
    expect(thatHave(methods, 'ROOM admin').map(({ name }) => name)).toEqual(['admin/close_room']);
    expect(thatHave(methods, 'act:').map(({ name }) => name)).toEqual(['rooms/enter_room']);
    expect(thatHave(methods, ' ')).toHaveLength(2);
  });
});
