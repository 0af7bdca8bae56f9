import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const ROOT = `${import.meta.dirname}/../../src`;
const CONSOLE = `${ROOT}/console/i18n`;
const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|vue)$/.test(path))
  .map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, 'utf8') }));
const said = sources.filter(({ path }) => !/\.(en|zh)\.ts$|i18n\/(en|zh)\b/.test(path));

/** The keys of a file of texts. */
function keysOf(path: string): string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^ {2}'?([\w./-]+)'?: *(?:['"`]|$)/gm)].map(([, key = '']) => key);
}

/** A pattern of the texts that a template makes; null for one that says nothing of them. */
function patternOf(template: string): RegExp | null {
  const parts = template.split(/(\$\{[^}]*\})/).map((part) => {
    if (!part.startsWith('${')) return part.replaceAll('.', '\\.');
    const choices = [...part.matchAll(/'([\w.-]+)'/g)].map(([, choice = '']) => choice);
    return choices.length > 1 ? `(${choices.join('|')})` : '.+';
  });
  return parts.some((part) => /\w/.test(part)) ? new RegExp(`^${parts.join('')}$`) : null;
}

/** What a file says: whole keys, those made while it runs, those named by what the service says, and one for a number. */
function saysOf(source: string): (key: string) => boolean {
  const whole = new Set([...source.matchAll(/'([\w./-]+)'/g)].map(([, key = '']) => key));
  const made = [...source.matchAll(/`((?:[\w./-]|\$\{[^{}`]*\})*)`/g)].flatMap(([, text = '']) => patternOf(text) ?? []);
  const isNamed = ([prefix = '', name]: string[]) => name !== undefined && whole.has(prefix) && source.includes('named');
  return (key) => whole.has(key) || whole.has(key.replace(/\.one$/, '')) || isNamed(key.split('.')) || made.some((pattern) => pattern.test(key));
}

function unused(keys: readonly string[], users: readonly { text: string }[]): string[] {
  expect(keys.length).toBeGreaterThan(5);
  const known = users.map(({ text }) => saysOf(text));
  return keys.filter((key) => !known.some((isSaid) => isSaid(key)));
}

describe('no text', () => {
  it.each(readdirSync(CONSOLE).filter((name) => name.endsWith('.en.ts')))('is left over in %s', (name) => {
    const itself = new RegExp(`i18n/${name.replace('.en.ts', '')}(\\.en)?'`);
    const users = said.filter(({ path, text }) => itself.test(text) || (name === 'common.en.ts' && path.startsWith('console/')));
    expect(unused(keysOf(`${CONSOLE}/${name}`), users)).toEqual([]);
  });

  it.each(['en.ts', 'en.show.ts', 'en.wallet.ts'])('of the live page is left over in %s', (name) => {
    const users = said.filter(({ path }) => !path.startsWith('console/'));
    expect(unused(keysOf(`${ROOT}/i18n/${name}`), users)).toEqual([]);
  });
});
