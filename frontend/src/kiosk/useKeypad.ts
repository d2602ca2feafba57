import { nextTick, onScopeDispose, type Ref } from 'vue'

const controls = 'button:not(:disabled), input:not(:disabled), [tabindex="0"]'

/** What can be reached by keys, in the order of the page; a dialog that is open has the keys to itself. */
function reachable(): HTMLElement[] {
  const room = document.querySelector('[role="alertdialog"]') ?? document.body
  return [...room.querySelectorAll<HTMLElement>(controls)].filter((e) => e.tabIndex >= 0 && e.checkVisibility?.() !== false)
}

/** The whole field of keys that a key belongs to. */
function groupOf(key: Element | null): Element | null {
  const own = key?.closest('[data-keys]') ?? null
  return own === null ? null : (groupOf(own.parentElement) ?? own)
}

/** The key above or below in the same block of keys, by where they lie on the glass. */
function aboveOrBelow(from: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const keys = [...(groupOf(from)?.querySelectorAll<HTMLElement>('button') ?? [])]
  const at = from.getBoundingClientRect()
  const middle = (r: DOMRect) => r.left + r.width / 2
  const further = keys.map((key) => ({ key, box: key.getBoundingClientRect() })).filter(({ box }) => (step > 0 ? box.top >= at.bottom : box.bottom <= at.top))
  const cost = (box: DOMRect) => Math.abs(box.top - at.top) * 100 + Math.abs(middle(box) - middle(at))
  return further.sort((a, b) => cost(a.box) - cost(b.box))[0]?.key
}

const arrows: Record<string, 1 | -1> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }

/**
 * Everything by keys alone: the keypad that stands beside a screen for people who
 * do not see it has arrows and Enter, and no Tab. Arrows go through the page in
 * its order, and up and down inside keys on the glass. A focus that was lost,
 * because its button is gone or off, goes to the heading of the screen.
 */
export function useKeypad(main: Ref<HTMLElement | null>): { toScreen(): void } {
  let last: HTMLElement | null = null

  function toScreen(): void {
    const at = main.value?.querySelector<HTMLElement>('[data-first]') ?? main.value?.querySelector<HTMLElement>('h1')
    at?.focus({ preventScroll: true })
  }

  const lost = () => document.activeElement === null || document.activeElement === document.body

  function recover(): void {
    if (last?.isConnected && !last.matches(':disabled')) last.focus({ preventScroll: true })
    if (lost()) toScreen()
  }

  /** Tab goes round: behind the last element it would leave the page for the window's own frame. */
  function round(event: KeyboardEvent): void {
    const all = reachable()
    const [first, end] = event.shiftKey ? [all.at(-1), all[0]] : [all[0], all.at(-1)]
    if (document.activeElement !== end) return
    event.preventDefault()
    first?.focus()
  }

  function move(event: KeyboardEvent): void {
    if (event.key === 'Tab' && !event.defaultPrevented) return round(event)
    const step = arrows[event.key]
    const from = document.activeElement
    if (step === undefined || event.defaultPrevented || event.isComposing || !(from instanceof HTMLElement)) return
    const across = event.key === 'ArrowLeft' || event.key === 'ArrowRight'
    // Inside a field, left and right are for the text.
    if (across && from instanceof HTMLInputElement) return
    event.preventDefault()
    const all = reachable()
    const group = groupOf(from)
    const near = !across && group ? aboveOrBelow(from, step) : undefined
    // Out of a group of keys one goes by its whole, not key by key.
    const rest = !across && group ? all.filter((e) => e === from || !group.contains(e)) : all
    const at = rest.indexOf(from)
    const fresh = at < 0 ? (rest.find((e) => from.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING) ?? rest[0]) : rest[(at + step + rest.length) % rest.length]
    ;(near ?? fresh)?.focus()
  }

  function pressed(): void {
    if (lost()) recover()
  }
  function remembered(event: FocusEvent): void {
    if (event.target instanceof HTMLElement) last = event.target
  }
  function left(event: FocusEvent): void {
    if (event.relatedTarget === null) void nextTick(() => { if (lost() && document.hasFocus()) recover() })
  }

  window.addEventListener('keydown', pressed, true)
  window.addEventListener('keydown', move)
  document.addEventListener('focusin', remembered)
  document.addEventListener('focusout', left)
  onScopeDispose(() => {
    window.removeEventListener('keydown', pressed, true)
    window.removeEventListener('keydown', move)
    document.removeEventListener('focusin', remembered)
    document.removeEventListener('focusout', left)
  })
  return { toScreen }
}
