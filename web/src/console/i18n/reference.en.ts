export const en = {
  reference: 'API reference',
  referenceText: 'All that the console does, your own programs can do too, with a server key that has the scope.',
  whole: 'The whole reference',
  openapi: 'OpenAPI 3.1',
  method: 'Method',
  what: 'What it does',
  scope: 'Scope of a key',
  permission: 'Permission',
  filter: 'A method, a scope or a word',
  onlyMine: 'Only what I may call',
  none: 'The service describes no method.',
};

export type ReferenceKey = keyof typeof en;
