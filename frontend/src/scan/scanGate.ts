/**
 * Tells a code scanner that plays keyboard from a person who types.
 *
 * A scanner sends dozens of characters a few milliseconds apart and ends with
 * Enter; nobody types so. The gate is a pure machine: it is fed keys with their
 * times and answers what each one is. Numbers that people carry (18 characters
 * at most: identity card, credit code) stay below the shortest scan, so that a
 * card reader that types into a field is left alone.
 */
export interface GateLimits {
  /** The longest pause between two keys of a scan, in milliseconds: a busy PC makes a scanner stumble. */
  gapMs: number
  /** The longest mean pause; nobody types 20 characters at 17 a second. */
  meanMs: number
  /** The shortest text that counts as a scan. */
  shortest: number
}

export const gateLimits: GateLimits = { gapMs: 120, meanMs: 60, shortest: 20 }

/** What one key is: the first of something, inside a fast burst, the end of a scan, or nothing of ours. */
export type Verdict = { kind: 'first' } | { kind: 'burst' } | { kind: 'scan'; text: string } | { kind: 'other' }

export interface ScanGate {
  /** Judges one key; `atMs` must come from one clock and never run backwards. */
  key(key: string, atMs: number, repeated?: boolean): Verdict
  reset(): void
}

const other: Verdict = { kind: 'other' }

export function scanGate(limits: GateLimits = gateLimits): ScanGate {
  let text = ''
  let firstMs = 0
  let lastMs = Number.NEGATIVE_INFINITY

  function reset(): void {
    text = ''
    lastMs = Number.NEGATIVE_INFINITY
  }

  function key(name: string, atMs: number, repeated = false): Verdict {
    // Modifiers come in between the characters of a scan and mean nothing by themselves.
    if (name === 'Shift' || name === 'CapsLock') return other
    const gap = atMs - lastMs
    if (name === 'Enter') {
      const scanned = text
      const mean = (lastMs - firstMs) / Math.max(1, scanned.length - 1)
      reset()
      // The end may lag a little: some scanners pause before the suffix.
      return scanned.length >= limits.shortest && mean <= limits.meanMs && gap <= 2 * limits.gapMs ? { kind: 'scan', text: scanned } : other
    }
    // A key held down repeats about every 30 ms and must not look like a scan.
    if (repeated || name.length !== 1) {
      reset()
      return other
    }
    const goesOn = text !== '' && gap <= limits.gapMs
    text = goesOn ? text + name : name
    lastMs = atMs
    if (!goesOn) firstMs = atMs
    return { kind: goesOn ? 'burst' : 'first' }
  }

  return { key, reset }
}

const shifted: Record<string, string> = { '1': '!', '2': '@', '3': '#', '4': '$', '5': '%', '6': '^', '7': '&', '8': '*', '9': '(', '0': ')' }
const marks: Record<string, [string, string]> = {
  Minus: ['-', '_'], Equal: ['=', '+'], Period: ['.', '>'], Slash: ['/', '?'], Semicolon: [';', ':'], Comma: [',', '<'], Quote: ["'", '"'], Space: [' ', ' '],
}

/**
 * The character that a key means on the US layout that scanners speak. It is
 * read from the key's place when an input method has taken the character away,
 * which is how a Chinese input method breaks scanners in other programs.
 */
export function characterOf(event: Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'isComposing'>): string {
  if (event.key !== 'Process' && !event.isComposing) return event.key
  if (event.code === 'Enter' || event.code === 'NumpadEnter') return 'Enter'
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]
  if (letter) return event.shiftKey ? letter : letter.toLowerCase()
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1]
  if (digit) return event.shiftKey && event.code.startsWith('Digit') ? (shifted[digit] ?? digit) : digit
  const mark = marks[event.code]
  return mark ? mark[event.shiftKey ? 1 : 0] : event.key
}
