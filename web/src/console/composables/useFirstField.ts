/** Where a dialog is written in first. Naive UI's own way asks for the focus before the dialog is to be seen. */

export function focusFirst(): void {
  const field = '[role=dialog] :is(input, textarea, button[type=submit])';
  document.querySelector<HTMLElement>(field)?.focus();
}
