/** Where a dialog is written in first. Naive UI's own way asks for the focus before the dialog is to be seen. */

/** Go to the first field of a dialog that stands now, unless somebody was faster and writes in one of its fields. */
export function focusFirst(dialog: HTMLElement): void {
  const now = document.activeElement;
  if (now?.matches('input, textarea') && dialog.contains(now)) return;
  dialog.querySelector<HTMLElement>('input, textarea, button[type=submit]')?.focus();
}
