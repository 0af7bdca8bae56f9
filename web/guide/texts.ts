/** What the guide itself says, beside its pages. */
import type { Language } from './pages.ts';

export interface Texts {
  guide: string;
  pages: string;
  onThisPage: string;
  search: string;
  otherLanguage: string;
  reference: string;
  livePage: string;
  more: string;
  inRepository: string;
  elsewhere: string;
  skip: string;
  link: (title: string) => string;
}

export const TEXTS: Record<Language, Texts> = {
  en: {
    guide: 'liveroom guide',
    pages: 'Pages',
    onThisPage: 'On this page',
    search: 'Search the guide',
    otherLanguage: '中文',
    reference: 'API of this service',
    livePage: 'Live page',
    more: 'More',
    inRepository: 'In the repository:',
    elsewhere: '',
    skip: 'Skip to the page',
    link: (title) => `Link to ${title}`,
  },
  zh: {
    guide: 'liveroom 文档',
    pages: '全部页面',
    onThisPage: '本页内容',
    search: '搜索文档',
    otherLanguage: 'English',
    reference: '本服务的接口',
    livePage: '直播页面',
    more: '其他',
    inRepository: '仓库中的文件：',
    elsewhere: '（英文）',
    skip: '跳到正文',
    link: (title) => `${title} 的链接`,
  },
};
