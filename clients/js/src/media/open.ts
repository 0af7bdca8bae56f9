/** Which provider carries a room's media: the service says so, and only that one's adapter is loaded. */

import type { Adapters, Credential, Media, Provider, Surroundings } from './media.js';

export async function openMedia(adapters: Adapters, around: Surroundings): Promise<{ media: Media; provider: Provider }> {
  const first = await around.credential();
  const load = adapters[first.provider];
  if (!load) throw new Error(`this app has no adapter for ${first.provider}`);
  let unused: Credential | null = first;
  const credential = async (): Promise<Credential> => {
    const held = unused;
    unused = null;
    return held ?? around.credential();
  };
  const { adapter } = await load();
  return { media: adapter({ ...around, credential }), provider: first.provider };
}
