import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { call, onChanged } from '../bridge'
import type { HelpState, Home } from '../types/kiosk'

export interface HomeState {
  home: ShallowRef<Home | null>
  /** True while the terminal's own program does not answer. */
  lost: Ref<boolean>
  /** Milliseconds to add to this page's clock to get the terminal's. */
  skewMs: Ref<number>
  /** Takes what an answer told of a call for help, before the next look at the terminal. */
  helped(state: HelpState): void
  /** Tells the terminal that nobody is in the middle of anything: newer guides may take the place of those in use. */
  atHome(): Promise<void>
  /** Rises whenever the terminal's state may have changed. */
  revision: Ref<number>
}

/** The terminal's place, areas and standing, kept fresh. */
export function createHome(): HomeState {
  const home = shallowRef<Home | null>(null)
  const lost = ref(false)
  const skewMs = ref(0)
  const revision = ref(0)
  let asked = 0
  let shown = 0

  async function refresh(): Promise<void> {
    const turn = ++asked
    try {
      const next = await call<Home>('Kiosk.Home')
      // Answers may overtake each other; an older one never replaces a newer one.
      if (turn < shown) return
      shown = turn
      home.value = { ...next, areas: next.areas ?? [], often: next.often ?? [] }
      skewMs.value = next.place.nowMs - Date.now()
      lost.value = false
    } catch {
      lost.value = true
    }
  }

  const stop = onChanged(() => {
    revision.value++
    return refresh()
  })
  onScopeDispose(stop)
  function helped(state: HelpState): void {
    if (home.value) home.value = { ...home.value, help: state }
  }
  async function atHome(): Promise<void> {
    await call('Kiosk.AtHome').catch(() => undefined) // a terminal that does not answer is seen by refresh
    await refresh()
  }
  return { home, lost, skewMs, revision, helped, atHome }
}
