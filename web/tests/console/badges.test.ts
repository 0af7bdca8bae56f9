import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defineComponent, nextTick, ref } from 'vue';

import { useBadges } from '@/console/composables/useBadges';
import { CONSOLE, type Console } from '@/console/composables/useConsole';
import { useQueueNews } from '@/console/composables/useQueueNews';
import { useSound } from '@/console/composables/useSound';

interface Listener {
  state: (data: unknown) => void;
  news: (data: unknown) => void;
  ended: (code: number) => void;
}

const rung = vi.fn();
class SilentAudio {
  readonly currentTime = 0;
  readonly destination = {};
  readonly close = rung;
  createGain() {
    return { gain: { setValueAtTime: () => 0, exponentialRampToValueAtTime: () => 0 }, connect: () => 0 };
  }
  createOscillator() {
    return { frequency: { value: 0 }, connect: () => 0, start: () => 0, stop: () => 0 };
  }
}

/** A console in which somebody with these permissions is signed in; what its channels say is said by the test. */
function desk(...permissions: string[]) {
  const heard = new Map<string, Listener>();
  const tenant = ref('');
  const live = { state: ref('live'), listen: (channel: string, listener: Listener) => (heard.set(channel, listener), () => heard.delete(channel)) };
  const console = { live, tenant, may: (permission: string) => permissions.includes(permission) } as unknown as Console;
  const shell = mount(defineComponent({ setup: () => (useQueueNews(), () => null) }), { global: { provide: { [CONSOLE as symbol]: console } } });
  return { heard, tenant, shell, reports: () => heard.get('console:reports')!, appeals: () => heard.get('console:appeals')! };
}

const badges = useBadges();
const rings = () => {
  vi.runAllTimers();
  const count = rung.mock.calls.length;
  rung.mockClear();
  return count;
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('AudioContext', SilentAudio);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('badges say what waits from the beginning on, and follow what others decide', () => {
  const { reports, appeals, shell } = desk('reports.view', 'overview.view');
  reports().state({ open: 3, report: null });
  appeals().state({ open: 0, appeal: null });
  expect(badges.value).toMatchObject({ reports: '3', appeals: '' });
  appeals().news({ open: 1, appeal: { state: 'appealed' } });
  expect(badges.value).toMatchObject({ reports: '3', appeals: '1' });
  appeals().news({ open: 0, appeal: { state: 'denied' } });
  reports().news({ open: 100, report: { state: 'open' } });
  expect(badges.value).toMatchObject({ reports: '100+', appeals: '' });
  appeals().state({ open: 7, appeal: null });
  expect(badges.value.appeals, 'after a cut').toBe('7');
  shell.unmount();
});

it('a sound tells of what is new, where it is wanted, and not of what is taken on or decided', () => {
  const { reports, appeals, shell } = desk('reports.view', 'overview.view');
  appeals().state({ open: 4, appeal: null });
  appeals().news({ open: 5, appeal: { state: 'appealed' } });
  expect(rings()).toBe(0);
  useSound().toggleSound();
  expect(rings(), 'how it sounds').toBe(1);
  appeals().news({ open: 6, appeal: { state: 'appealed' } });
  reports().news({ open: 1, report: { state: 'open' } });
  expect(rings()).toBe(2);
  appeals().news({ open: 5, appeal: { state: 'granted' } });
  reports().news({ open: 1, report: { state: 'open' } });
  reports().news({ open: 0, report: { state: 'resolved' } });
  expect(rings()).toBe(0);
  reports().state({ open: 100, report: null });
  reports().news({ open: 100, report: { state: 'open' } });
  expect(rings(), 'also where so many wait that they are not counted').toBe(1);
  useSound().toggleSound();
  shell.unmount();
});

it('what waits for a tenant is not said of the next one, nor to who may no longer see it or signs in next', async () => {
  const { appeals, tenant, shell } = desk('reports.view', 'overview.view');
  appeals().state({ open: 2, appeal: null });
  tenant.value = 'other';
  expect(badges.value.appeals).toBe('');
  await nextTick();
  appeals().state({ open: 1, appeal: null });
  expect(badges.value.appeals).toBe('1');
  appeals().ended(103);
  expect(badges.value.appeals).toBe('');
  appeals().state({ open: 1, appeal: null });
  shell.unmount();
  await flushPromises();
  expect(badges.value).toMatchObject({ reports: '', appeals: '' });
  const { heard, shell: next } = desk('overview.view');
  expect(heard.size).toBe(0);
  next.unmount();
});
