/** One page of the guide as HTML: header with search and languages, the list of pages, the text, what is on the page. */
import type { Rendered } from './markdown.ts';
import type { Language } from './pages.ts';
import { TEXTS } from './texts.ts';

export interface Entry {
  title: string;
  address: string;
  language: Language;
}

export interface Frame {
  language: Language;
  address: string;
  page: Rendered;
  groups: { title: string; entries: Entry[] }[];
  /** The same page in the other language, if there is one. */
  translation: string | null;
  /** Where script and style are, from the root of the guide. */
  script: string;
  style: string;
  /** Where the indexes of the search are, by language. */
  indexes: Record<Language, string>;
}

/** Return the way from one page to another file of the guide. */
export function wayTo(from: string, to: string): string {
  return `${'../'.repeat(from.split('/').length - 1)}${to}`;
}

export function htmlOf(frame: Frame): string {
  const { language, address, page } = frame;
  const texts = TEXTS[language];
  const at = (to: string) => wayTo(address, to);
  const search = `data-root="${at('')}" data-en="${at(frame.indexes.en)}" data-zh="${at(frame.indexes.zh)}"`;
  return `<!doctype html>
<html lang="${tag(language)}">
<head>
<meta charset="utf-8">
<title>${escaped(page.title)} · liveroom</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" type="image/svg+xml" href="${at('../favicon.svg')}">
${frame.translation === null ? '' : `<link rel="alternate" hreflang="${tag(other(language))}" href="${at(frame.translation)}">\n`}<link rel="stylesheet" href="${at(frame.style)}">
<script type="module" src="${at(frame.script)}"></script>
</head>
<body>
<a class="skip" href="#guide-text">${texts.skip}</a>
<header class="top">
<a class="brand" href="${at(`${language}/index`)}">live<span>room</span></a>
<form role="search" hidden ${search}>
<input type="search" name="q" autocomplete="off" spellcheck="false" placeholder="${texts.search}" aria-label="${texts.search}">
<div class="found" hidden><p role="status"></p><ol></ol></div>
</form>
<nav class="links" aria-label="liveroom">${switchOf(frame)}<a href="${at('../docs')}">${texts.reference}</a><a class="pages-link" href="#guide-pages">${texts.pages}</a></nav>
</header>
<div class="frame">
<main id="guide-text" tabindex="-1">
${page.html}</main>
${onThisPage(frame)}
<nav id="guide-pages" class="pages" aria-label="${texts.pages}">${frame.groups.map((group) => groupOf(frame, group)).join('')}</nav>
</div>
</body>
</html>
`;
}

function switchOf({ language, address, translation }: Frame): string {
  if (translation === null) return '';
  const to = wayTo(address, translation);
  return `<a class="language" hreflang="${tag(other(language))}" lang="${tag(other(language))}" href="${to}">${TEXTS[language].otherLanguage}</a>`;
}

function onThisPage({ language, page }: Frame): string {
  if (page.headings.length < 2) return '<div class="toc"></div>';
  const items = page.headings
    .map(({ depth, anchor, title }) => `<li class="depth-${depth}"><a href="#${anchor}">${escaped(title)}</a></li>`)
    .join('');
  const title = TEXTS[language].onThisPage;
  return `<nav class="toc" aria-label="${title}"><details open><summary>${title}</summary><ul tabindex="0">${items}</ul></details></nav>`;
}

function groupOf({ language, address }: Frame, group: Frame['groups'][number]): string {
  const items = group.entries.map((entry) => {
    const here = entry.address === address ? ' aria-current="page"' : '';
    const foreign = entry.language === language ? '' : ` lang="${tag(entry.language)}" hreflang="${tag(entry.language)}"`;
    const note = foreign === '' ? '' : `<span lang="${tag(language)}">${TEXTS[language].elsewhere}</span>`;
    return `<li><a href="${wayTo(address, entry.address)}"${here}${foreign}>${escaped(entry.title)}</a>${note}</li>`;
  });
  return `<section><h2>${escaped(group.title)}</h2><ul>${items.join('')}</ul></section>`;
}

function tag(language: Language): string {
  return language === 'zh' ? 'zh-CN' : 'en';
}

function other(language: Language): Language {
  return language === 'zh' ? 'en' : 'zh';
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
