/** Keys of the whole page. They are silent while something is written, or a dialog asks. */
import { onMounted, onUnmounted } from 'vue';

/** How the palette's keys are written on this machine. */
export const COMMAND = navigator.userAgent.includes('Mac') ? '⌘ K' : 'Ctrl K';
const WRITTEN_IN = 'input, textarea, select, [contenteditable=true]';

/** Say whether a key is meant for the field or the dialog that has the focus. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && (target.matches(WRITTEN_IN) || target.closest('[role=dialog], dialog') !== null);
}

/** Call for keys that are pressed by themselves, by their names. */
export function useKeys(keys: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  function pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    if (document.querySelector('[role=dialog][aria-modal=true], dialog[open]')) return;
    keys[event.key]?.(event);
  }
  onMounted(() => {
    document.addEventListener('keydown', pressed);
  });
  onUnmounted(() => {
    document.removeEventListener('keydown', pressed);
  });
}
