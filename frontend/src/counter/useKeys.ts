import { onScopeDispose } from 'vue'

/** Keys by name ("F2", "Escape", "Ctrl+Enter") and what they do; false means "not now, let the key pass". */
export type KeyTable = Record<string, () => unknown>

/**
 * Binds keys for the whole page as long as the component lives. A key held down
 * acts once: a repeated "call next" would call two people.
 */
export function useKeys(table: KeyTable): void {
  function onKeydown(event: KeyboardEvent): void {
    // What an earlier listener has dealt with is done: Escape closes one thing at a time.
    if (event.repeat || event.isComposing || event.defaultPrevented) return
    const name = (event.ctrlKey ? 'Ctrl+' : '') + event.key
    const act = table[name]
    if (!act || event.altKey || event.metaKey) return
    if (act() !== false) event.preventDefault()
  }
  window.addEventListener('keydown', onKeydown)
  onScopeDispose(() => window.removeEventListener('keydown', onKeydown))
}
