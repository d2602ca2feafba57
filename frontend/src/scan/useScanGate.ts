import { onScopeDispose } from 'vue'
import { onScan as onSerialScan } from '../bridge'
import { characterOf, scanGate } from './scanGate'

/** How long a single key is held back to see whether a scan begins with it. */
const heldMs = 80

type Field = HTMLInputElement | HTMLTextAreaElement

const notText = new Set(['button', 'checkbox', 'radio', 'submit', 'reset', 'range', 'color'])

function fieldOf(target: EventTarget | null): Field | null {
  if (target instanceof HTMLTextAreaElement) return target
  return target instanceof HTMLInputElement && !notText.has(target.type) ? target : null
}

/**
 * Listens to the whole page, and to a scanner on a serial line. A scan goes to `onScan`, wherever the focus is; if
 * it was typed into a field, the field gets back what it held before. A single
 * key outside fields goes to `onKey`, a moment later, when it is sure that no
 * scan began with it: only so may single letters and digits be commands.
 */
export function useScanGate(onScan: (text: string) => void, onKey: (key: string) => void = () => undefined): void {
  const gate = scanGate()
  let held: string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let before: { field: Field; value: string } | null = null

  function settle(): void {
    clearTimeout(timer)
    const keys = held
    held = []
    keys.forEach(onKey)
  }

  function drop(): void {
    clearTimeout(timer)
    held = []
  }

  function giveBack(): void {
    if (!before) return
    const { field, value } = before
    before = null
    if (field.value === value) return
    field.value = value
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }

  function onKeydown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return gate.reset()
    const key = characterOf(event)
    const field = fieldOf(event.target)
    const verdict = gate.key(key, event.timeStamp, event.repeat)
    if (verdict.kind === 'scan') {
      event.preventDefault()
      event.stopImmediatePropagation()
      drop()
      // An input method still holds half a word: leaving the field ends it before the value is put back.
      if (event.isComposing || event.key === 'Process') field?.blur()
      giveBack()
      onScan(verdict.text)
      return
    }
    if (verdict.kind === 'other') {
      if (key !== 'Shift' && key !== 'CapsLock') settle()
      return
    }
    if (field) {
      if (verdict.kind === 'first') before = { field, value: field.value }
      return
    }
    if (verdict.kind === 'first') {
      before = null
      // A space by itself presses the button that has the focus.
      if (key === ' ') return
      settle()
    }
    event.preventDefault()
    event.stopPropagation()
    held.push(key)
    clearTimeout(timer)
    timer = setTimeout(settle, heldMs)
  }

  window.addEventListener('keydown', onKeydown, true)
  const stop = onSerialScan(onScan)
  onScopeDispose(() => {
    stop()
    drop()
    window.removeEventListener('keydown', onKeydown, true)
  })
}
