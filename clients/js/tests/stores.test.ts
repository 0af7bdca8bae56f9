// @vitest-environment happy-dom
/** The programs of the README: the stores as they are printed there, in their frameworks. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as react from 'react';
import { act, createElement, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import * as svelte from 'svelte/store';
import { describe, expect, it } from 'vitest';
import * as vue from 'vue';

import { Observable } from '../src/events.js';

const LINES_MAX = 10;
const README = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

interface Likes {
  readonly likes: number;
}

class Room extends Observable<Likes> {
  constructor() {
    super({ likes: 1 });
  }

  like(): void {
    this.become({ likes: this.state.likes + 1 });
  }
}

/** Return the function of a program of the README, which takes what it imports from `framework`. */
function storeOf(name: string, framework: object): (room: Room) => unknown {
  const found = [...README.matchAll(/^```javascript\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? '');
  const text = found.find((one) => one.startsWith(`// ${name}\n`)) ?? '';
  const [, imported = '', body = ''] = /import \{(.*?)\} from '.*?';\n([\s\S]*)/.exec(text) ?? [];
  const lines = text.split('\n').slice(1).filter((line) => line !== '');
  expect(lines.length, `lines of ${name}`).toBeLessThanOrEqual(LINES_MAX);
  const exported = /export function (\w+)/.exec(body)?.[1] ?? '';
  // The program as it is printed, with its one import given as a parameter.
  const whole = `const {${imported}} = framework; ${body.replace('export ', '')}; return ${exported};`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const make = new Function('framework', whole) as (framework: object) => (room: Room) => unknown;
  return make(framework);
}

describe('the app of the README', () => {
  it('has forty lines', () => {
    const [, text = ''] = /^```javascript\n\/\/ app\.mjs\n([\s\S]*?)^```/m.exec(README) ?? [];
    expect(text.split('\n').filter((line) => line.trim() !== '')).toHaveLength(40);
  });
});

describe('the store of the README', () => {
  it('for Vue follows a room as long as its component lives', () => {
    const useLive = storeOf('vue-store.mjs', vue) as (room: Room) => vue.Ref<Likes>;
    const room = new Room();
    const scope = vue.effectScope();
    const state = scope.run(() => useLive(room))!;
    room.like();
    expect(state.value.likes).toBe(2);
    scope.stop();
    room.like();
    expect(state.value.likes).toBe(2);
  });

  it('for React renders a component anew at each change', () => {
    const useLive = storeOf('react-store.mjs', react) as (room: Room) => Likes;
    (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
    const room = new Room();
    const Count = (): ReactNode => createElement('b', null, useLive(room).likes);
    const place = document.createElement('div');
    const root = createRoot(place);
    act(() => {
      root.render(createElement(Count));
    });
    expect(place.textContent).toBe('1');
    act(() => {
      room.like();
    });
    expect(place.textContent).toBe('2');
    act(() => {
      root.unmount();
    });
    room.like();
    expect(place.textContent).toBe('');
  });

  it('for Svelte follows a room as long as somebody looks', () => {
    const live = storeOf('svelte-store.mjs', svelte) as (room: Room) => svelte.Readable<Likes>;
    const room = new Room();
    const seen: number[] = [];
    const stop = live(room).subscribe(({ likes }) => seen.push(likes));
    room.like();
    stop();
    room.like();
    expect(seen.at(-1)).toBe(2);
    expect(svelte.get(live(room)).likes).toBe(3);
  });
});
