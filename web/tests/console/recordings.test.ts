import { flushPromises, mount } from '@vue/test-utils';
import { expect, it } from 'vitest';

import RecordingDetails from '@/console/components/RecordingDetails.vue';
import { useConfirm } from '@/console/composables/useConfirm';
import { CONSOLE, type Console } from '@/console/composables/useConsole';

const READY = {
  recordingId: 'r1',
  roomId: '7',
  broadcastId: 'b',
  ownerId: '1',
  startedBy: '',
  recorder: 'server',
  state: 'ready',
  beginsAt: '2026-12-01T20:00:00.000Z',
  startedAt: '2026-12-01T20:00:01.000Z',
  endedAt: '2026-12-01T21:00:00.000Z',
  reason: '',
  seconds: 3599,
  bytes: 12_500_000,
  files: 2,
} as const;
const file = (format: string, url: string) => ({ url, expiresAt: null, format, seconds: 1800, bytes: 1, beginsAt: null });

function show(recording: object, permissions: readonly string[] = ['rooms.watch', 'rooms.moderate']) {
  const calls: [string, unknown][] = [];
  const call = (method: string, params: unknown) => {
    calls.push([method, params]);
    return Promise.resolve({ ...READY, playable: [file('mp4', 'https://films/1.mp4'), file('flv', '')] });
  };
  const provide = { [CONSOLE as symbol]: { api: { call }, may: (permission: string) => permissions.includes(permission) } as unknown as Console };
  const stubs = { RouterLink: { template: '<a><slot /></a>' } };
  return { calls, shown: mount(RecordingDetails, { props: { recording: { ...READY, ...recording } }, global: { provide, stubs } }) };
}

it('shows a recording with its files, and deletes it', async () => {
  const { calls, shown } = show({});
  await flushPromises();
  for (const text of ['the server of streams', '59:59', '12.5 MB', 'MP4 · 30:00', 'no address']) expect(shown.text()).toContain(text);
  expect(shown.findAll('[data-testid=play-file]')).toHaveLength(1);
  expect(shown.find('[data-testid=stop-recording]').exists()).toBe(false);
  await shown.get('[data-testid=delete-recording]').trigger('click');
  await flushPromises();
  useConfirm().asked.value?.answer({ why: 'private', values: {} });
  await flushPromises();
  expect(calls).toContainEqual(['admin/delete_recording', { recordingId: 'r1', why: 'private' }]);
  expect(shown.emitted('changed')).toHaveLength(1);
  shown.unmount();
});

it('ends one that runs, and says why one has failed', async () => {
  const running = show({ state: 'recording', endedAt: null, files: 0 });
  await flushPromises();
  expect(running.calls).toEqual([]);
  await running.shown.get('[data-testid=stop-recording]').trigger('click');
  await flushPromises();
  useConfirm().asked.value?.answer({ why: 'asked to', values: {} });
  await flushPromises();
  expect(running.calls).toContainEqual(['admin/stop_recording', { recordingId: 'r1', why: 'asked to' }]);
  running.shown.unmount();
  const failed = show({ state: 'failed', reason: 'the recorder has left no file', files: 0 });
  expect(failed.shown.get('[data-testid=recording-reason]').text()).toContain('the recorder has left no file');
  failed.shown.unmount();
});

it('asks for no addresses for whoever may not look into rooms, and has no buttons for whoever may not moderate', async () => {
  const { calls, shown } = show({}, []);
  await flushPromises();
  expect(calls).toEqual([]);
  expect(shown.text()).toContain('Whoever may look into rooms sees the files.');
  expect(shown.find('[data-testid=delete-recording]').exists()).toBe(false);
  shown.unmount();
});
