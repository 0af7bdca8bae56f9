/** Tables as files for a spreadsheet, in which no cell is a formula, whatever people have written. */

const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /["\r\n,]/;

/** Write one cell. A text that a spreadsheet would calculate begins with an apostrophe; a number stays one. */
export function cell(value: string | number): string {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const KINDS = { csv: ['\ufeff', 'text/csv'], jsonl: ['', 'application/jsonl'] } as const;
export type Kind = keyof typeof KINDS;

/** Have the browser keep a text as a file; a spreadsheet reads it as UTF-8. */
export function download(name: string, text: string | readonly string[], kind: Kind = 'csv'): void {
  const [mark, type] = KINDS[kind];
  const parts = typeof text === 'string' ? [text] : text;
  const address = URL.createObjectURL(new Blob([mark, ...parts], { type: `${type};charset=utf-8` }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

/** Have the browser fetch a file of the service, which says by itself what it is called. */
export function follow(address: string): void {
  Object.assign(document.createElement('a'), { href: address, download: '' }).click();
}
