/** The guide's only script: the search. It fetches its index when somebody turns to it. */
import './guide.css';

import MiniSearch, { type SearchResult } from 'minisearch';

import { isChinese, SEARCH, type Section } from './words.ts';

const MOST = 20;
const PAUSE = 80;
const indexes = new Map<string, Promise<MiniSearch<Section>>>();

function load(address: string): Promise<MiniSearch<Section>> {
  const known = indexes.get(address);
  if (known !== undefined) return known;
  const loading = fetch(address)
    .then((answer) => answer.text())
    .then((text) => MiniSearch.loadJSONAsync<Section>(text, SEARCH));
  indexes.set(address, loading);
  loading.catch(() => indexes.delete(address));
  return loading;
}

function part<Kind extends Element>(within: ParentNode, selector: string, kind: new () => Kind): Kind {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
}

function begin(form: HTMLFormElement): void {
  const { root = '', en = '', zh = '' } = form.dataset;
  const input = part(form, 'input', HTMLInputElement);
  const panel = part(form, '.found', HTMLDivElement);
  const page = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
  let waiting = 0;

  const addressFor = (asked: string) => (page === 'zh' || isChinese(asked) ? zh : en);

  const ask = async () => {
    const asked = input.value.trim();
    if (asked === '') {
      panel.hidden = true;
      return;
    }
    const found = await load(addressFor(asked)).then(
      (index) => index.search(asked),
      () => null,
    );
    if (asked === input.value.trim()) show(found);
  };

  const show = (found: SearchResult[] | null) => {
    const shown = found?.slice(0, MOST) ?? [];
    part(panel, 'p', HTMLParagraphElement).textContent = told(found, page);
    part(panel, 'ol', HTMLOListElement).replaceChildren(...shown.map((one) => line(one, root)));
    panel.hidden = false;
  };

  form.hidden = false;
  input.addEventListener('focus', () => void load(addressFor(input.value)).catch(() => undefined));
  input.addEventListener('input', () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), PAUSE);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // What is listed may be of fewer letters than are written by now.
    void ask().then(() => panel.querySelector('a')?.click());
  });
  form.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('a') !== null) panel.hidden = true;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') panel.hidden = true;
    const writes = event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey;
    if (event.key !== '/' || writes) return;
    event.preventDefault();
    input.focus();
  });
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !form.contains(event.target)) panel.hidden = true;
  });
}

function told(found: SearchResult[] | null, page: 'en' | 'zh'): string {
  if (found === null) return page === 'zh' ? '搜索索引加载失败，请重试' : 'The index could not be fetched: try again';
  if (found.length === 0) return page === 'zh' ? '没有找到' : 'Nothing found';
  const more = found.length > MOST;
  if (page === 'zh') return `${found.length} 处${more ? `，显示前 ${MOST} 处` : ''}`;
  return `${found.length} found${more ? `, the first ${MOST} shown` : ''}`;
}

function line(one: SearchResult, root: string): HTMLLIElement {
  const { heading, page, shown } = one as SearchResult & { heading: string; page: string; shown: string };
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = `${root}${String(one.id)}`;
  link.append(labelled('strong', heading), ...(page === heading ? [] : [labelled('small', page)]), labelled('span', shown));
  item.append(link);
  return item;
}

function labelled(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

const form = document.querySelector<HTMLFormElement>('form[role=search]');
if (form !== null) begin(form);
