import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { ref } from 'vue';

import UserPresence from '@/console/components/UserPresence.vue';
import type { Asked } from '@/console/composables/useAsked';
import { en } from '@/console/i18n/users.en';

type Sources = InstanceType<typeof UserPresence>['$props']['sources'];
const source = { sessionId: 's1', source: 'socket', since: '2026-01-01 10:00:00', expire: '2026-01-01 10:01:00', alive: true, roomId: '' };
const asked = <Value>(value: Value): Asked<Value> => ({ value: ref(value), failure: ref(null), loading: ref(false), at: ref(0), reload: () => Promise.resolve() }) as Asked<Value>;
const stubs = { RouterLink: { template: '<a><slot /></a>' } };

it('every source of presence has a sentence, for while it counts and for when it has ended', () => {
  const sources = ['socket', 'keepalive', 'calls', 'im', 'im_group', 'trtc', 'livekit'].flatMap((name) => [true, false].map((alive) => ({ ...source, source: name, alive, sessionId: String(alive) })));
  const page = mount(UserPresence, { props: { online: true, sources: asked(sources) as Sources }, global: { stubs } });
  const said = page.findAll('li').map((one) => one.get('div p').text());
  expect(said.every((text) => text.endsWith('.') && text.includes(' '))).toBe(true);
  expect(new Set(said).size).toBe(sources.length);
  expect(page.text()).toContain(en.onlineText);
});
