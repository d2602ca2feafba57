import { computed, inject, onScopeDispose, provide, ref, shallowRef, type InjectionKey } from 'vue'
import { call, onChanged, refusalOf, requestId, type Refusal } from '../bridge'
import type { CounterPage } from '../types/counter'

/** Go sends an empty list as null; the page always has lists. */
function whole(page: CounterPage): CounterPage {
  const lists = { services: page.services ?? [], areas: page.areas ?? [], allWindows: page.allWindows ?? [], recent: page.recent ?? [], parked: page.parked ?? [], conflicts: page.conflicts ?? [], differing: page.differing ?? [], amending: page.amending ?? [], helps: page.helps ?? [], notices: page.notices ?? [] }
  const c = page.current
  const tray = page.tray ? { ...page.tray, files: page.tray.files ?? [] } : null
  return { ...page, ...lists, tray, current: c ? { ...c, items: c.items ?? [], applications: c.applications ?? [] } : null }
}

/** Refusals after which the hub may have granted the request all the same: the retry must carry the same id. */
const undecided = new Set(['hub_unreachable', 'hub_gathers', 'internal', 'not_saved'])

/**
 * The counter's state as the terminal last told it, and the only way to change
 * it. The truth stays in Go: each action's answer is the next page.
 */
export function createCounter() {
  const page = shallowRef<CounterPage | null>(null)
  const refusal = ref<Refusal | null>(null)
  /** The name of the action under way, '' when none. */
  const busy = ref('')
  /** True while the terminal's own program does not answer. */
  const lost = ref(false)
  /** Milliseconds to add to this page's clock to get the terminal's. */
  const skewMs = ref(0)
  /** When the page came, in this page's clock: countdowns start there. */
  const takenMs = ref(Date.now())
  /** How far the visit at this window is: '' before its intake, "taken" after one, "finish" while outcomes are chosen. */
  const phase = ref<'' | 'taken' | 'finish'>('')
  /** Rises with every action, so that an older picture never replaces a newer one. */
  let turn = 0
  /** The step that is under way: what changes meanwhile is asked for after its answer. */
  let step: Promise<unknown> = Promise.resolve()
  const requests = new Map<string, string>()

  function take(next: CounterPage): void {
    page.value = whole(next)
    takenMs.value = Date.now()
    skewMs.value = next.place.nowMs - takenMs.value
    lost.value = false
  }

  async function refresh(): Promise<void> {
    while (busy.value !== '') await step
    const asked = turn
    try {
      const next = await call<CounterPage>('Counter.Page')
      if (asked === turn) take(next)
    } catch {
      lost.value = true
    }
  }

  /** Runs one step; a second press while it runs is ignored. True when it was done. */
  async function run<T>(name: string, work: () => Promise<T>, done: (value: T) => void): Promise<boolean> {
    if (busy.value !== '') return false
    busy.value = name
    turn++
    let over = (): void => undefined
    step = new Promise<void>((resolve) => { over = resolve })
    try {
      done(await work())
      refusal.value = null
      return true
    } catch (thrown) {
      refusal.value = refusalOf(thrown)
      return false
    } finally {
      turn++
      busy.value = ''
      over()
    }
  }

  const act = (name: string, ...args: unknown[]) => run(name, () => call<CounterPage>(`Counter.${name}`, ...args), take)

  /** The id of an intent: the same until the intent is decided, so that a retry changes nothing twice. */
  function requestFor(intent: string): string {
    const known = requests.get(intent)
    if (known) return known
    const made = requestId()
    requests.set(intent, made)
    return made
  }

  function settle(intent: string, done: boolean): void {
    if (done || !undecided.has(refusal.value?.key ?? '')) requests.delete(intent)
  }

  /** Asks the hub for a ticket; a retry of the same intent carries the same id. */
  async function ask(intent: string, name: string, ...args: unknown[]): Promise<boolean> {
    if (busy.value !== '') return false
    const done = await act(name, requestFor(intent), ...args)
    settle(intent, done)
    return done
  }
  const next = () => ask('next', 'Next')
  const callNumber = (number: string, reason: string) => ask(`number ${number}`, 'CallNumber', number, reason)

  const stop = onChanged(refresh)
  onScopeDispose(stop)
  void refresh()

  return {
    page, refusal, busy, lost, phase, skewMs, takenMs, refresh, run, act, next, callNumber, requestFor, settle,
    standing: computed(() => page.value?.standing),
    current: computed(() => page.value?.current ?? null),
    dismiss: () => { refusal.value = null },
  }
}

export type Counter = ReturnType<typeof createCounter>

const key: InjectionKey<Counter> = Symbol('counter')

export function provideCounter(): Counter {
  const counter = createCounter()
  provide(key, counter)
  return counter
}

export function useCounter(): Counter {
  const counter = inject(key)
  if (!counter) throw new Error('this part belongs inside CounterApp')
  return counter
}
