/** Which provider carries a room's media: the service says so, and only that one's code is loaded. */

import type { Credential, Media, Provider, Surroundings } from './media';
import { Mesh } from './mesh/mesh';

type Make = (around: Surroundings) => Promise<Media>;

const PROVIDERS: Record<Provider, Make> = {
  mesh: (around) => Promise.resolve(new Mesh(around)),
  trtc: async (around) => new (await import('./trtc')).Trtc(around),
  livekit: async (around) => new (await import('./livekit')).Livekit(around),
};

export async function openMedia(around: Surroundings): Promise<{ media: Media; provider: Provider }> {
  const first = await around.credential();
  let unused: Credential | null = first;
  const credential = async (): Promise<Credential> => {
    const held = unused;
    unused = null;
    return held ?? around.credential();
  };
  return { media: await PROVIDERS[first.provider]({ ...around, credential }), provider: first.provider };
}
