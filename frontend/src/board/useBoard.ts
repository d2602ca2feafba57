import { onScopeDispose, ref, shallowRef, type Ref } from 'vue'
import { call, onChanged } from '../bridge'
import type { BoardCall, BoardPage } from '../types/board'

/** How long a new call stands out: long enough to turn the head and read, then calm again. */
const freshMs = 12_000

/** One call and its repetitions: a recall is news, a change from called to serving is not. */
export const callKey = (c: BoardCall): string => `${c.number} ${c.window} ${c.atMs} ${c.recalls}`

/** The board as the terminal last told it, which calls are new, and what to read out. */
export function useBoard(): {
  page: Ref<BoardPage | null>
  lost: Ref<boolean>
  skewMs: Ref<number>
  fresh: Ref<ReadonlySet<string>>
  /** Calls that came since the last picture, oldest first; for the spoken line. */
  news: Ref<BoardCall[]>
} {
  const page = shallowRef<BoardPage | null>(null)
  const lost = ref(false)
  const skewMs = ref(0)
  const fresh = shallowRef<ReadonlySet<string>>(new Set())
  const news = shallowRef<BoardCall[]>([])
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let known: Set<string> | null = null
  let asked = 0
  let shown = 0

  function announce(calls: BoardCall[]): void {
    const seen = known
    known = new Set(calls.map(callKey))
    // What was on the board when it started is no news.
    if (!seen) return
    const added = calls.filter((c) => c.state === 'called' && !seen.has(callKey(c)))
    if (added.length === 0) return
    news.value = [...added].reverse()
    const keys = added.map(callKey)
    fresh.value = new Set([...fresh.value, ...keys])
    const timer = setTimeout(() => {
      timers.delete(timer)
      fresh.value = new Set([...fresh.value].filter((k) => !keys.includes(k)))
    }, freshMs)
    timers.add(timer)
  }

  async function refresh(): Promise<void> {
    const turn = ++asked
    try {
      const next = await call<BoardPage>('Board.Page')
      // Answers may overtake each other; only a later question's answer replaces what is shown.
      if (turn < shown) return
      shown = turn
      page.value = { ...next, calls: next.calls ?? [], areas: next.areas ?? [], notices: next.notices ?? [] }
      skewMs.value = next.place.nowMs - Date.now()
      lost.value = false
      announce(page.value.calls)
    } catch {
      lost.value = true
    }
  }

  const stop = onChanged(refresh)
  onScopeDispose(() => {
    stop()
    timers.forEach(clearTimeout)
  })
  void refresh()
  return { page, lost, skewMs, fresh, news }
}
