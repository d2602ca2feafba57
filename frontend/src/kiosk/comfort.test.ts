import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import * as sample from '../testing/fixtures'
import { mountKiosk, no, terminal, type FakeTerminal } from '../testing/terminal'
import { switches } from './useComfort'

let at: FakeTerminal
beforeEach(() => { at = terminal() })
afterEach(() => { vi.useRealTimers(); vi.restoreAllMocks() })

const root = document.documentElement
const marks = () => [root.dataset['type'], root.dataset['contrast'], root.dataset['low']]
const screen = (width: number, height: number) => {
  Object.assign(window, { innerWidth: width, innerHeight: height })
  window.dispatchEvent(new Event('resize'))
}

describe('comfort', () => {
  it('holds at once, on every screen, and is gone with the person', async () => {
    const person = await mountKiosk()
    await person.tap('[data-comfort]')
    expect(person.screen()).toBe('comfort')
    for (const s of ['big', 'contrast', 'low']) await person.tap(`[data-switch="${s}"]`)
    expect(marks()).toEqual(['big', 'high', 'on'])
    for (const t of ['[data-done]', '[data-verb="ticket"]', '[data-take="A"]']) await person.tap(t)
    expect(marks()).toEqual(['big', 'high', 'on'])
    await person.tap('[data-done]')
    expect(marks()).toEqual([undefined, undefined, undefined])
    await person.tap('[data-comfort]')
    expect(person.page.findAll('[role="switch"]').map((s) => s.attributes('aria-checked'))).not.toContain('true')
  })

  it('goes back to the screen it was asked for on, and loses nothing there', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="progress"]', '[data-key="B"]', '[data-key="1"]', '[data-comfort]', '[data-comfort]']) await person.tap(t)
    expect(person.screen()).toBe('progress')
    expect(person.page.find('[data-number]').text()).toContain('B1')
  })

  it('offers low mode only where the screen reaches higher than a seat', async () => {
    const person = await mountKiosk()
    await person.tap('[data-comfort]')
    expect(person.see('[data-switch="low"]')).toBe(true)
    screen(1280, 600)
    await nextTick()
    expect(person.see('[data-switch="low"]')).toBe(false)
  })

  it('offers what no other place offers, and words for each', async () => {
    const person = await mountKiosk('en')
    await person.tap('[data-comfort]')
    const offered = person.page.findAll('[data-switch]').map((s) => s.attributes('data-switch'))
    expect(switches.filter((s) => !offered.includes(s))).toEqual([])
    expect(offered.length).toBeLessThanOrEqual(6)
  })

  it('puts as many choices on a page as there is room for, and never loses one', async () => {
    // A body that is 900 px high, and rows of 220 px.
    const rows = (e: Element) => e.querySelectorAll('[data-area]').length
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockImplementation(function (this: HTMLElement) { return this.matches('.body') ? 900 : 0 })
    vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockImplementation(function (this: HTMLElement) { return this.matches('.body') ? Math.max(900, rows(this) * 220) : 0 })
    const person = await mountKiosk()
    const letters = async () => {
      const seen: string[] = []
      for (;;) {
        seen.push(...person.page.findAll('[data-area]').map((a) => a.attributes('data-area')!))
        if (person.page.find('[data-nav="next"]').attributes('disabled') !== undefined) return seen
        await person.tap('[data-nav="next"]')
      }
    }
    await person.tap('[data-verb="guide"]')
    await flushPromises()
    expect(person.page.findAll('[data-area]').length).toBe(4)
    expect(person.see('[data-more]')).toBe(false)
    expect(await letters()).toEqual(sample.areas.filter((a) => a.windows > 0).map((a) => a.letter))
  })

  it('waits three times as long for who wants time, and ends all the same', async () => {
    vi.useFakeTimers()
    const person = await mountKiosk()
    for (const t of ['[data-comfort]', '[data-switch="slow"]', '[data-done]']) await person.tap(t)
    const pass = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms)
      await flushPromises()
    }
    const warned = () => document.querySelector('[data-idle]') !== null
    await pass(175_000)
    expect(warned()).toBe(false)
    await pass(6_000)
    expect(warned()).toBe(true)
    await pass(85_000)
    expect(warned()).toBe(true)
    await pass(6_000)
    expect(warned()).toBe(false)
    await person.tap('[data-comfort]')
    expect(person.page.find('[data-switch="slow"]').attributes('aria-checked')).toBe('false')
  })
})

describe('help', () => {
  const asHome = async (help: typeof sample.home.help) => {
    at.kiosk['Home']!.mockResolvedValue({ ...structuredClone(sample.home), help })
    await at.changed()
  }

  it('can be called on every screen, and says only what the terminal says', async () => {
    const person = await mountKiosk()
    for (const t of ['[data-verb="ticket"]', '[data-help]']) await person.tap(t)
    expect(at.kiosk['Help']).toHaveBeenCalledOnce()
    expect(person.page.find('[data-help-state]').text()).toContain('正在通知')
    expect(person.text()).not.toContain('已通知')
    await asHome({ state: 'told', atMs: 1, window: '' })
    expect(person.page.find('[data-help-state]').text()).toContain('已通知工作人员')
    await asHome({ state: 'coming', atMs: 1, window: 'A01' })
    expect(person.page.find('[data-help-state]').text()).toContain('A01 窗口的工作人员马上到')
    await asHome({ state: '', atMs: 0, window: '' })
    expect(person.see('[data-help-state]')).toBe(false)
  })

  it('says what to do instead where nobody can be told', async () => {
    const person = await mountKiosk()
    await asHome({ state: 'unreached', atMs: 1, window: '' })
    expect(person.page.find('[data-help-state="unreached"]').text()).toContain('请到最近的窗口')
    at.kiosk['Help']!.mockImplementation(no('disk_full', 701))
    await asHome({ state: '', atMs: 0, window: '' })
    await person.tap('[data-help]')
    expect(person.page.find('[data-help-state="failed"]').text()).toContain('请到最近的窗口')
  })

  it('takes its words away when asked to, until there is news', async () => {
    const person = await mountKiosk()
    await asHome({ state: 'told', atMs: 1, window: '' })
    await person.tap('[data-help-dismiss]')
    expect(person.see('[data-help-state]')).toBe(false)
    await asHome({ state: 'coming', atMs: 1, window: '' })
    expect(person.see('[data-help-state="coming"]')).toBe(true)
  })
})
