import type { ReferenceKey } from './reference.en';

export const zh: Readonly<Record<ReferenceKey, string>> = {
  reference: '接口文档',
  referenceText: '控制台能做的，你自己的程序用具备相应权限范围的服务器密钥也都能做。',
  whole: '完整文档',
  openapi: 'OpenAPI 3.1',
  method: '方法',
  what: '作用',
  scope: '密钥的权限范围',
  permission: '权限',
  filter: '方法、权限范围或词语',
  onlyMine: '只看我可以调用的',
  none: '服务没有描述任何方法。',
};
