/** Which Markdown files of the repository the guide has, and the address of each: `en/socket`, `zh/socket`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Language = 'en' | 'zh';
export const LANGUAGES: readonly Language[] = ['en', 'zh'];

export interface Source {
  /** The file's path in the repository. */
  file: string;
  language: Language;
  /** The page's name in its language, which its translation shares. */
  name: string;
  text: string;
}

const CHINESE = '.zh-CN';
const INDEX = 'docs/index.md';
const LIST_IN_CHINESE = '## 中文文档\n';

/** Return all pages; the index has its Chinese list inside, which is a page of its own here. */
export function readSources(root: string): Source[] {
  const sources = files(root).map((file) => sourceOf(root, file));
  const list = sources.find(({ file }) => file === INDEX)?.text.split(LIST_IN_CHINESE)[1];
  if (list !== undefined) {
    sources.push({ file: INDEX, language: 'zh', name: 'index', text: `# liveroom 文档\n${list}` });
  }
  return sources;
}

export function addressOf({ language, name }: Pick<Source, 'language' | 'name'>): string {
  return `${language}/${name}`;
}

function sourceOf(root: string, file: string): Source {
  const language = file.includes(CHINESE) ? 'zh' : 'en';
  const name = file.replace('docs/', '').replace(CHINESE, '').replace(/\.md$/, '');
  const written = name.replace(/(?:README|CONTRIBUTING|CHANGELOG)$/, (word) => word.toLowerCase());
  return { file, language, name: written, text: readFileSync(join(root, file), 'utf8') };
}

function files(root: string): string[] {
  const folders = ['.', 'docs', 'docs/decisions', ...clients(root)];
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md') && (folder !== '.' || /^(?:README|CONTRIBUTING|CHANGELOG)/.test(name)))
      .sort()
      .map((name) => (folder === '.' ? name : `${folder}/${name}`)),
  );
}

function clients(root: string): string[] {
  return readdirSync(join(root, 'clients')).map((name) => `clients/${name}`);
}
