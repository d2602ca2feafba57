/**
 * The only way from a page to the terminal. In the window the calls are Wails'
 * bindings; in a browser they go over the loopback bridge. Both answer the same.
 */

/** A "no" that a person can act on; `key` names its sentence in the refusal words. */
export interface Refusal {
  code: number
  key: string
  args: Record<string, string>
}

type Method = (...args: unknown[]) => Promise<unknown>

declare global {
  interface Window {
    go?: { screen?: Record<string, Record<string, Method> | undefined> }
    runtime?: {
      EventsOn?: (name: string, fn: (...args: unknown[]) => void) => () => void
      EventsEmit?: (name: string) => void
    }
  }
}

/**
 * How long a call may take. A ticket waits at most 1.5 s for the printer; whoever
 * has no answer by then will not get one, and the same request id may be sent again.
 */
const limitMs = 15_000
const pollMs = 5_000
/** A page asks for the newest state at most about ten times a second, however many people take tickets. */
const restMs = 100
const reconnectMs = 2_000

/** Reads whatever a failed call threw; what is unknown is an internal fault. */
export function refusalOf(thrown: unknown): Refusal {
  const shape = typeof thrown === 'string' ? parsed(thrown) : thrown
  if (typeof shape === 'object' && shape !== null) {
    const r = shape as Partial<Refusal>
    if (typeof r.key === 'string' && r.key !== '') return { code: r.code ?? 899, key: r.key, args: r.args ?? {} }
  }
  return { code: 899, key: 'internal', args: {} }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Calls a method like "Kiosk.Home". Rejects with a Refusal and nothing else. */
export async function call<T>(method: string, ...args: unknown[]): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(refusalOf(null)), limitMs)
  })
  try {
    return (await Promise.race([window.go?.screen ? inWindow(method, args) : overHTTP(method, args), late])) as T
  } catch (thrown) {
    throw refusalOf(thrown)
  } finally {
    clearTimeout(timer)
  }
}

function inWindow(method: string, args: unknown[]): Promise<unknown> {
  const [struct = '', name = ''] = method.split('.')
  const bound = window.go?.screen?.[struct]?.[name]
  return bound ? bound(...args) : Promise.reject(refusalOf(null))
}

async function overHTTP(method: string, args: unknown[]): Promise<unknown> {
  const answer = await fetch(`/rpc/${method}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(args),
    signal: AbortSignal.timeout(limitMs),
  })
  const body = (await answer.json()) as { value?: unknown; refusal?: unknown }
  if (!answer.ok || body.refusal) throw body.refusal ?? null
  return body.value
}

/** An id for one intent of a person: made once, sent again on every retry. */
export function requestId(): string {
  // randomUUID is missing where the page is not a secure context.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

const listeners = new Set<() => void>()
const scanners = new Set<(text: string) => void>()
let disconnect: (() => void) | null = null

/**
 * Calls `fn` whenever the terminal's state may have changed, at the latest every five seconds, until
 * stopped. At once, but one at a time and with a rest behind each: what changes meanwhile melts into one more call.
 */
export function onChanged(fn: () => unknown): () => void {
  let under = false
  let again = false
  let stopped = false
  async function tell(): Promise<void> {
    again = true
    if (under) return
    under = true
    while (again && !stopped) {
      again = false
      await Promise.resolve(fn()).catch(() => undefined) // what goes wrong once is asked for again
      await new Promise((done) => setTimeout(done, restMs))
    }
    under = false
  }
  const stop = listen(listeners, () => void tell())
  return () => {
    stopped = true
    stop()
  }
}

/** Calls `fn` with what a scanner on a serial line reads, until stopped. One that types is a keyboard: see useScanGate. */
export function onScan(fn: (text: string) => void): () => void {
  return listen(scanners, fn)
}

function listen<T>(into: Set<T>, fn: T): () => void {
  into.add(fn)
  disconnect ??= connect()
  return () => {
    into.delete(fn)
    if (listeners.size + scanners.size > 0) return
    disconnect?.()
    disconnect = null
  }
}

function connect(): () => void {
  const tell = () => listeners.forEach((fn) => fn())
  const scanned = (read: unknown) => {
    const text = (read as { text?: unknown } | null)?.text
    if (typeof text === 'string') scanners.forEach((fn) => fn(text))
  }
  const poll = setInterval(tell, pollMs)
  const on = window.runtime?.EventsOn
  const stops = on ? [on('changed', tell), on('scan', scanned)] : [stream(tell, scanned)]
  return () => {
    clearInterval(poll)
    stops.forEach((stop) => stop())
  }
}

function stream(tell: () => void, scanned: (read: unknown) => void): () => void {
  if (typeof EventSource === 'undefined') return () => undefined
  let source: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    source = new EventSource('/events')
    source.addEventListener('changed', tell)
    source.addEventListener('scan', (message) => scanned(parsed(String((message as MessageEvent).data))))
    source.onerror = () => {
      // The browser itself tries again unless the answer was a clear no.
      if (source.readyState !== EventSource.CLOSED) return
      clearTimeout(timer)
      timer = setTimeout(open, reconnectMs)
    }
  }
  open()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}
