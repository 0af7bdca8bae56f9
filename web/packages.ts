/** Lists the npm packages whose code is in the built pages, by their places in package-lock.json (scripts/sbom.py). */
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLACE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

export function packages(): Plugin {
  return {
    name: 'liveroom-packages',
    apply: 'build',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const places = modules.map((id) => PLACE.exec(relative(ROOT, id).split(sep).join('/'))?.[0] ?? '');
      const found = [...new Set(places.filter((place) => place && !place.startsWith('..')))].sort();
      this.emitFile({ type: 'asset', fileName: '.vite/packages.json', source: `${JSON.stringify(found, null, 1)}\n` });
    },
  };
}
