/** Builds the guide: each Markdown page to HTML, an index of the search for each language, all of it as gzip. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import MiniSearch from 'minisearch';
import type { Plugin, Rolldown } from 'vite';

import { GROUPS, UNLISTED } from './contents.ts';
import { render, type Rendered } from './markdown.ts';
import { addressOf, LANGUAGES, readSources, type Language, type Source } from './pages.ts';
import { htmlOf, wayTo, type Entry, type Frame } from './template.ts';
import { TEXTS } from './texts.ts';
import { SEARCH, type Section } from './words.ts';

type Files = Map<string, string | Uint8Array>;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OPENAPI = 'docs/openapi.json';
const PACKED = /\.(?:html|css|js|json|svg)$/;
const asGzip = promisify(gzip);

interface Built extends Source {
  address: string;
  page: Rendered;
}

export function guide(): Plugin {
  return {
    name: 'liveroom-guide',
    apply: 'build',
    async generateBundle(_, bundle) {
      const names = Object.keys(bundle);
      for (const [fileName, source] of await makeFiles(ROOT, nameIn(names, '.js'), nameIn(names, '.css'))) {
        this.emitFile({ type: 'asset', fileName, source } satisfies Rolldown.EmittedAsset);
      }
    },
    async writeBundle({ dir = '.' }) {
      const names = await readdir(dir, { recursive: true });
      await Promise.all(names.filter((name) => PACKED.test(name)).map((name) => pack(join(dir, name))));
    },
  };
}

/** Return the guide's files by their names, without script and style. */
export async function makeFiles(root: string, script: string, style: string): Promise<Files> {
  const sources = readSources(root);
  const known = new Map(sources.map((source) => [source.file, addressOf(source)]));
  const pictures = new Set<string>();
  const built = sources.map((source) => build(source, known, pictures));
  const indexes = { en: 'search.en.json', zh: 'search.zh.json' };
  const files: Files = new Map(
    built.map((one) => [`${one.address}.html`, htmlOf(frameOf(one, built, { script, style, indexes }))]),
  );
  for (const language of LANGUAGES) files.set(indexes[language], indexOf(sectionsFor(built, language)));
  for (const picture of pictures) files.set(`images/${posix.basename(picture)}`, await readFile(join(root, picture)));
  return files;
}

function build(source: Source, known: Map<string, string>, pictures: Set<string>): Built {
  const address = addressOf(source);
  const texts = TEXTS[source.language];
  const resolve = (target: string): string | null => {
    const [path = '', anchor] = target.split('#');
    const file = posix.join(posix.dirname(source.file), path);
    if (file.startsWith('docs/images/')) {
      pictures.add(file);
      return wayTo(address, `images/${posix.basename(file)}`);
    }
    const found = known.get(file);
    if (found !== undefined) return `${wayTo(address, found)}${anchor === undefined ? '' : `#${anchor}`}`;
    return file === OPENAPI ? wayTo(address, '../openapi.json') : null;
  };
  const { linkTo, inRepository } = { linkTo: texts.link, inRepository: texts.inRepository };
  return { ...source, address, page: render({ text: source.text, address, resolve, linkTo, inRepository }) };
}

function frameOf(one: Built, built: Built[], made: Pick<Frame, 'script' | 'style' | 'indexes'>): Frame {
  const translation = built.find(({ name, language }) => name === one.name && language !== one.language);
  const { language, address, page } = one;
  return { ...made, language, address, page, groups: groupsFor(built, language), translation: translation?.address ?? null };
}

/** Return the groups with the pages of a language, or the English ones where it has none. */
function groupsFor(built: Built[], language: Language): Frame['groups'] {
  const listed = new Set(GROUPS.flatMap(({ names }) => names));
  const rest = [...new Set(built.map(({ name }) => name))].filter((name) => !listed.has(name) && !UNLISTED.test(name));
  const groups = [...GROUPS, { title: { en: TEXTS.en.more, zh: TEXTS.zh.more }, names: rest }];
  return groups
    .map(({ title, names }) => ({ title: title[language], entries: names.flatMap((name) => entryOf(built, name, language)) }))
    .filter(({ entries }) => entries.length > 0);
}

function entryOf(built: Built[], name: string, language: Language): Entry[] {
  const found = inLanguage(built, name, language);
  return found === undefined ? [] : [{ title: found.page.title, address: found.address, language: found.language }];
}

function inLanguage(built: Built[], name: string, language: Language): Built | undefined {
  const all = built.filter((one) => one.name === name);
  return all.find((one) => one.language === language) ?? all[0];
}

/** Return what is found in a language: its pages, and the English ones that it does not have. */
function sectionsFor(built: Built[], language: Language): Section[] {
  const names = [...new Set(built.map(({ name }) => name))];
  return names.flatMap((name) => {
    const found = inLanguage(built, name, language);
    return found === undefined || (language === 'en' && found.language === 'zh') ? [] : found.page.sections;
  });
}

function indexOf(sections: Section[]): string {
  const index = new MiniSearch<Section>(SEARCH);
  index.addAll(sections);
  return JSON.stringify(index);
}

function nameIn(names: string[], ending: string): string {
  const found = names.find((name) => name.endsWith(ending));
  if (found === undefined) throw new Error(`the build has no file that ends in ${ending}`);
  return found;
}

async function pack(path: string): Promise<void> {
  if (!existsSync(path)) return;
  await writeFile(`${path}.gz`, await asGzip(await readFile(path), { level: 9 }));
  await rm(path);
}
