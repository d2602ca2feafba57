import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createWords, languages, type Language } from '../i18n'
import { expectAccessible } from '../testing/axe'
import type { BoardCall, BoardPage } from '../types/board'
import BoardApp from './BoardApp.vue'

const now = Date.parse('2026-11-24T10:30:00+08:00')
let page: BoardPage | null
let changed: () => void
vi.mock('../bridge', async (original) => ({
  ...(await original<object>()),
  call: async () => {
    await Promise.resolve()
    if (!page) throw new Error('silent')
    return structuredClone(page)
  },
  onChanged: (fn: () => void) => { changed = fn; return () => undefined },
}))

const missing: string[] = []
const one = (number: string, over: Partial<BoardCall> = {}): BoardCall => ({ number, window: 'B07', floor: 1, letter: 'B', atMs: now, state: 'called', recalls: 0, ...over })

function empty(): BoardPage {
  return {
    place: { role: 'board', hall: 'jiangnan', hallName: { zh: '江南办事服务大厅', en: 'Jiangnan Service Hall' }, terminal: 'b1', window: '', pxPerMm: 1.6, screenLowMm: 2200, distanceMm: 10_000, voice: false, reader: false, floor: 1, date: '2026-11-24', nowMs: now, guidesVersion: '2026.11-1', guidesDate: '2026-11-20' },
    standing: { line: 'centre', sinceMs: now - 600_000, hereOnly: 0, hallOnly: 0, oldestSeconds: 0, clockOff: false, disk: 'ok', printer: 'none' },
    calls: [],
    notices: [],
    saying: '',
    areas: ['A', 'B'].map((letter) => ({ letter, name: { zh: `业务${letter}`, en: `Service ${letter}` }, floor: 1, windows: 3, openWindows: 2, waiting: 7, wait: { known: true, low: 1, high: 9 }, items: 3, late: false, elsewhere: [], pausedUntil: '', pausedWhy: '', relief: 0 })),
  }
}
const many = (n: number) => Array.from({ length: n }, (_, i) => one(`B0${50 - i}`, { state: ['called', 'serving', 'no_show', 'done'][i % 4]!, atMs: now - i }))

async function open(language: Language = 'zh') {
  const words = createWords(language)
  words.global.setMissingHandler((_, key) => { missing.push(key) })
  const app = mount(BoardApp, { attachTo: document.body, global: { plugins: [words] } })
  await flushPromises()
  return app
}
async function next(calls: BoardCall[]) {
  page!.calls = calls
  changed()
  await flushPromises()
}

beforeEach(() => {
  missing.length = 0
  page = empty()
})
afterEach(() => vi.useRealTimers())

describe('the board', () => {
  it.each(languages)('is worded and accessible with 0, 2 and 12 calls, alive or cut off (%s)', async (language) => {
    const app = await open(language)
    for (const [calls, line] of [[0, 'centre'], [2, 'hall'], [12, 'centre'], [12, 'alone']] as const) {
      page!.standing.line = line
      await next(many(calls))
      expect(app.findAll('[data-call]')).toHaveLength(calls)
      await expectAccessible(app.element)
    }
    expect(missing).toEqual([])
  })

  it.each(['centre', 'alone'] as const)('shows notices in turn, in both languages (%s)', async (line) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    page!.standing.line = line
    page!.notices = [['电梯检修，请走楼梯', 'The lift is being repaired'], ['今天的取号即将结束', '']].map(([zh, en]) => ({ zh: zh!, en: en! }))
    page!.calls = many(12)
    const app = await open('en')
    const strip = () => app.find('[data-notices] p').text()
    expect(strip()).toBe('电梯检修，请走楼梯The lift is being repaired')
    expect(app.find('[data-behind]').exists()).toBe(line === 'alone')
    expect(app.find('[data-notices] [lang="en"]').exists()).toBe(true)
    await expectAccessible(app.element)
    vi.advanceTimersByTime(10_000)
    await flushPromises()
    expect(strip()).toBe('今天的取号即将结束')
    vi.advanceTimersByTime(10_000)
    await flushPromises()
    expect(strip()).toContain('电梯检修')
    page!.notices = []
    await next(many(12))
    expect(app.find('[data-notices]').exists()).toBe(false)
    expect(missing).toEqual([])
  })

  it('shows twelve calls at most, the newest first and large', async () => {
    page!.calls = many(15)
    const app = await open()
    expect(app.findAll('[data-call]').map((c) => c.attributes('data-call'))).toEqual(many(12).map((c) => c.number))
    expect(app.findAll('.large [data-call]')).toHaveLength(3)
  })

  it('lets a new call stand out and speaks it once, in both languages', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    page!.calls = [one('B001')]
    const app = await open()
    expect(app.find('.fresh').exists()).toBe(false)
    await next([one('B002', { window: 'B03', floor: 2 }), one('B001')])
    expect(app.findAll('.fresh').map((c) => c.attributes('data-call'))).toEqual(['B002'])
    const live = app.find('[aria-live="polite"]').text()
    expect(live).toContain('请 B002 号到 2 楼 B03 窗口')
    expect(live).toContain('Number B002, please go to window B03 on floor 2')
    expect(live).not.toContain('B001')
    vi.advanceTimersByTime(15_000)
    await flushPromises()
    expect(app.find('.fresh').exists()).toBe(false)
  })

  it('takes a recall for news and the start of a service for none', async () => {
    page!.calls = [one('B001')]
    const app = await open()
    await next([one('B001', { state: 'serving' })])
    expect(app.find('.fresh').exists()).toBe(false)
    await next([one('B001', { recalls: 1 })])
    expect(app.find('.fresh').exists()).toBe(true)
  })

  it('marks the call that is being said, large or small', async () => {
    page!.calls = many(5)
    const app = await open()
    for (const at of [1, 4]) {
      page!.saying = page!.calls[at]!.number
      await next(page!.calls)
      expect(app.findAll('.said').map((c) => c.attributes('data-call'))).toEqual([page!.saying])
    }
    page!.saying = ''
    await next(page!.calls)
    expect(app.findAll('.said')).toHaveLength(0)
  })

  it('says so when its calls may be old, and only then', async () => {
    page!.calls = [one('B001')]
    const app = await open()
    page!.standing.line = 'hall'
    await next(page!.calls)
    expect(app.find('[data-behind]').exists()).toBe(false)
    page!.standing.line = 'alone'
    await next(page!.calls)
    expect(app.find('[data-behind]').text()).toContain('10:20')
    page = null
    changed()
    await flushPromises()
    expect(app.find('[data-behind]').exists()).toBe(true)
    expect(app.findAll('[data-call]')).toHaveLength(1)
  })

  it('speaks Chinese first and English below, whatever the language of the page', async () => {
    page!.calls = [one('B001')]
    for (const language of languages) {
      const app = await open(language)
      expect(app.find('[data-call]').text()).toMatch(/请到.*Please go to.*窗口.*Window.*1 楼.*Floor 1/s)
      app.unmount()
    }
  })
})
