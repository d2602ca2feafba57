import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { useScanGate } from './useScanGate'

const code = 'OW1 ABCDEFGHIJ0123456789'
let clock = 10_000
const scans: string[] = []
const keys: string[] = []
const typed = ref('')
let clicks = 0

const Page = defineComponent({
  setup() {
    useScanGate((text) => scans.push(text), (key) => keys.push(key))
    return () => [
      h('input', { id: 'field', value: typed.value, onInput: (e: Event) => { typed.value = (e.target as HTMLInputElement).value } }),
      h('button', { id: 'button', onClick: () => { clicks++ } }, 'x'),
    ]
  },
})

/** One key as a browser sends it: unless it was stopped it changes the field that has the focus. */
function key(name: string, afterMs: number, init: KeyboardEventInit = {}): boolean {
  clock += afterMs
  const target = document.activeElement ?? document.body
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...init })
  Object.defineProperty(event, 'timeStamp', { value: clock })
  const passed = target.dispatchEvent(event)
  if (passed && target instanceof HTMLInputElement && name.length === 1) {
    target.value += name
    target.dispatchEvent(new Event('input', { bubbles: true }))
  }
  if (passed && target instanceof HTMLButtonElement && (name === 'Enter' || name === ' ')) target.click()
  return passed
}
const scan = (text = code) => { for (const c of text) key(c, 4); return key('Enter', 4) }

beforeEach(() => {
  vi.useFakeTimers()
  scans.length = keys.length = clicks = 0
  typed.value = ''
  mount(Page, { attachTo: document.body })
})
afterEach(() => vi.useRealTimers())

const focus = (id: string) => document.querySelector<HTMLElement>(`#${id}`)!.focus()

describe('useScanGate', () => {
  it('takes a scan while nothing has the focus', () => {
    expect(scan()).toBe(false)
    expect(scans).toEqual([code])
    vi.advanceTimersByTime(200)
    expect(keys).toEqual([])
  })

  it('takes a scan on a button without pressing it, although the code has a space and ends with Enter', () => {
    focus('button')
    scan()
    expect(scans).toEqual([code])
    expect(clicks).toBe(0)
  })

  it('gives a field back what it held before the scan', () => {
    focus('field')
    for (const c of 'Luo') key(c, 150)
    clock += 500
    scan()
    expect(scans).toEqual([code])
    expect(typed.value).toBe('Luo')
  })

  it('takes a scan that a Chinese input method has swallowed', () => {
    focus('field')
    for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWX') key('Process', 4, { code: `Key${c}`, shiftKey: true })
    key('Process', 4, { code: 'Enter' })
    expect(scans).toEqual(['ABCDEFGHIJKLMNOPQRSTUVWX'])
  })

  it('leaves what a person types in the field, Enter included', () => {
    focus('field')
    for (const c of code) key(c, 90)
    expect(key('Enter', 90)).toBe(true)
    expect(typed.value).toBe(code)
    expect(scans).toEqual([])
  })

  it('leaves an identity number from a card reader in the field', () => {
    focus('field')
    expect(scan('99010820000907755X')).toBe(true)
    expect(typed.value).toBe('99010820000907755X')
    expect(scans).toEqual([])
  })

  it('tells a single key only when no scan began with it', () => {
    key('4', 4)
    expect(keys).toEqual([])
    vi.advanceTimersByTime(100)
    expect(keys).toEqual(['4'])
    clock += 100
    scan('4' + code)
    vi.advanceTimersByTime(200)
    expect(keys).toEqual(['4'])
  })

  it('tells a single key at once when Enter follows it', () => {
    key('2', 200)
    key('Enter', 60)
    expect(keys).toEqual(['2'])
  })

  it('leaves commands with Ctrl alone', () => {
    expect(key('v', 4, { ctrlKey: true })).toBe(true)
    vi.advanceTimersByTime(200)
    expect(keys).toEqual([])
  })
})
