import { onScopeDispose, ref, type Ref } from 'vue'

/** Times of silence in milliseconds: reading, typing, and how long the warning stands. */
export const idleTimes = { readingMs: 60_000, typingMs: 120_000, warningMs: 30_000 }

export interface Idle {
  /** Seconds left in the warning; null while there is none. */
  left: Ref<number | null>
  /** Takes the warning away and starts anew; may be done as often as wanted. */
  extend(): void
}

/**
 * Watches for a terminal that somebody has left. Any touch or key starts the time
 * anew; after `quietMs()` the warning stands for 30 s, then `leave` is called.
 * `quietMs` gives 0 where there is nothing to wipe; `patience` is how many times
 * as long both take for who asked for time.
 */
export function useIdle(quietMs: () => number, leave: () => void, patience: () => number = () => 1): Idle {
  const left = ref<number | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastMs = Date.now()

  function tick(): void {
    const quiet = quietMs() * patience()
    const silent = Date.now() - lastMs
    if (quiet === 0 || silent < quiet) {
      left.value = null
      timer = setTimeout(tick, quiet === 0 ? 1000 : Math.max(quiet - silent, 250))
      return
    }
    const rest = quiet + idleTimes.warningMs * patience() - silent
    if (rest <= 0) {
      extend()
      leave()
      return
    }
    left.value = Math.ceil(rest / 1000)
    timer = setTimeout(tick, 250)
  }

  function extend(): void {
    lastMs = Date.now()
    left.value = null
    clearTimeout(timer)
    tick()
  }

  /** While the warning stands it answers for itself: a key or touch on it must reach its buttons. */
  function noticed(): void {
    if (left.value === null) lastMs = Date.now()
  }

  const signs = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const
  signs.forEach((s) => window.addEventListener(s, noticed, { capture: true, passive: true }))
  tick()
  onScopeDispose(() => {
    clearTimeout(timer)
    signs.forEach((s) => window.removeEventListener(s, noticed, { capture: true }))
  })
  return { left, extend }
}
