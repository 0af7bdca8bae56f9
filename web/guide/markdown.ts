/** Markdown as the repository has it, to HTML of the guide: anchors as on GitHub, links between pages, coloured code. */
import GithubSlugger from 'github-slugger';
import hljs from 'highlight.js';
import MarkdownIt, { type Token } from 'markdown-it';

import type { Section } from './words.ts';

export interface Heading {
  depth: number;
  anchor: string;
  title: string;
}

export interface Rendered {
  html: string;
  title: string;
  headings: Heading[];
  /** What the index of the search gets, without the code. */
  sections: Section[];
}

/** Where a link or picture of a page leads in the guide; null: to a file that is only in the repository. */
export type Resolve = (target: string) => string | null;

export interface Page {
  text: string;
  address: string;
  resolve: Resolve;
  /** What a screen reader says of a heading's link to itself. */
  linkTo: (title: string) => string;
  /** What tells that a link leads to a file of the repository. */
  inRepository: string;
}

const LISTED = 3;
const markdown = new MarkdownIt({ html: true, highlight: coloured });
markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>';
markdown.renderer.rules.table_close = () => '</table></div>';
markdown.renderer.rules.heading_close = (tokens, at) => {
  const link = tokens[at]?.meta?.link;
  return `${typeof link === 'string' ? link : ''}</${tokens[at]?.tag ?? ''}>\n`;
};
markdown.renderer.rules.fence = (tokens, at) => {
  const token = tokens[at];
  return token === undefined ? '' : `<pre tabindex="0"><code>${coloured(token.content, token.info.trim())}</code></pre>\n`;
};

/** Return a page's HTML, its headings, and what it says below each. */
export function render(page: Page): Rendered {
  const tokens = markdown.parse(page.text, {}).filter(({ type }) => type !== 'html_block');
  const headings = nameHeadings(tokens, page);
  for (const token of tokens) {
    if (token.type === 'inline') adapt(token.children ?? [], page);
    if (token.type === 'th_open' || token.type === 'td_open') align(token);
  }
  const title = headings[0]?.title ?? page.address;
  return {
    html: markdown.renderer.render(tokens, markdown.options, {}),
    title,
    headings: headings.slice(1).filter(({ depth }) => depth <= LISTED),
    sections: sectionsOf(tokens, headings, title, page.address),
  };
}

function nameHeadings(tokens: Token[], page: Page): Heading[] {
  const slugger = new GithubSlugger();
  return tokens.flatMap((token, at) => {
    const inline = tokens[at + 1];
    if (token.type !== 'heading_open' || inline === undefined) return [];
    const title = plain(inline);
    const heading = { depth: Number(token.tag.slice(1)), anchor: slugger.slug(title), title };
    token.attrSet('id', heading.anchor);
    const end = tokens[at + 2];
    if (heading.depth > 1 && end !== undefined) {
      const said = markdown.utils.escapeHtml(page.linkTo(title));
      end.meta = { link: ` <a class="anchor" href="#${heading.anchor}" aria-label="${said}">#</a>` };
    }
    return [heading];
  });
}

function adapt(tokens: Token[], page: Page): void {
  for (const [at, token] of tokens.entries()) {
    if (token.type === 'link_open') lead(tokens, at, page);
    if (token.type === 'image') {
      token.attrSet('src', page.resolve(valueOf(token, 'src')) ?? '');
      token.attrSet('loading', 'lazy');
    }
  }
}

function valueOf(token: Token, attribute: string): string {
  return String(token.attrGet(attribute) ?? '');
}

function lead(tokens: Token[], at: number, page: Page): void {
  const token = tokens[at];
  if (token === undefined) return;
  const target = valueOf(token, 'href');
  if (/^(?:https?:|mailto:|#)/.test(target)) return;
  const address = page.resolve(target);
  if (address !== null) {
    token.attrSet('href', address);
    return;
  }
  const end = tokens.slice(at).find(({ type }) => type === 'link_close');
  for (const part of [token, end]) if (part !== undefined) part.tag = 'span';
  token.attrs = [
    ['class', 'file'],
    ['title', `${page.inRepository} ${target}`],
  ];
}

/** Say a cell's alignment by a class: the policy of the pages forbids styles in them. */
function align(token: Token): void {
  const found = /text-align:(\w+)/.exec(valueOf(token, 'style'));
  if (found !== null) token.attrs = [['class', found[1] ?? '']];
}

function sectionsOf(tokens: Token[], headings: Heading[], page: string, address: string): Section[] {
  const sections = headings.map(({ anchor, title, depth }) => ({
    id: depth === 1 ? address : `${address}#${anchor}`,
    heading: title,
    page,
    text: '',
  }));
  let current = -1;
  for (const [at, token] of tokens.entries()) {
    if (token.type === 'heading_open') current += 1;
    const section = sections[current];
    if (section === undefined || token.type !== 'inline' || tokens[at - 1]?.type === 'heading_open') continue;
    section.text += `${section.text === '' ? '' : ' '}${plain(token)}`;
  }
  return sections;
}

function plain(token: Token): string {
  return (token.children ?? [])
    .filter(({ type }) => type === 'text' || type === 'code_inline' || type === 'softbreak')
    .map(({ type, content }) => (type === 'softbreak' ? ' ' : content))
    .join('');
}

function coloured(code: string, language: string): string {
  const name = hljs.getLanguage(language) === undefined ? 'plaintext' : language;
  return hljs.highlight(code, { language: name }).value;
}
