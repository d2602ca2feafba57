import { beforeEach, describe, expect, it } from 'vitest'
import * as sample from '../testing/fixtures'
import { mountKiosk, no, scan, terminal, type FakeTerminal, type Person } from '../testing/terminal'
import type { RateRequest } from '../types/rating'

let at: FakeTerminal
beforeEach(() => {
  at = terminal()
  at.kiosk['Progress']!.mockImplementation(() => Promise.resolve(structuredClone(sample.over)))
})

async function go(person: Person, ...ways: string[]): Promise<void> { for (const w of ways) await person.tap(w) }
const sent = () => at.kiosk['Rate']!.mock.calls.map(([r]) => r as RateRequest)
const slip = 'OW1:ABC$%*+-./:DEFGHIJK 0123456789'


describe('rating a visit', () => {
  it('takes three taps from home, the scan none: my progress, rate, how it was', async () => {
    const person = await mountKiosk()
    await go(person, '[data-verb="progress"]')
    await scan(slip)
    expect(person.screen()).toBe('found')
    await go(person, '[data-rate]', '[data-level="2"]')
    expect(person.taps).toBe(3)
    expect(sent()).toHaveLength(1)
    expect(sent()[0]).toMatchObject({ visit: slip, level: 2, reasons: [], remark: '', language: 'zh' })
    expect(person.page.find('h1').text()).toContain('已经记下')
  })

  it('is not on the first screen, and is offered for a visit that is over alone', async () => {
    at.kiosk['Progress']!.mockImplementation(() => Promise.resolve(structuredClone(sample.progress)))
    const person = await mountKiosk()
    expect(person.see('[data-rate]')).toBe(false)
    await scan(slip)
    expect(person.screen()).toBe('found')
    expect(person.see('[data-rate]')).toBe(false)
  })

  it('says that it was done where it was', async () => {
    at.kiosk['Progress']!.mockImplementation(() => Promise.resolve(structuredClone({ ...sample.over, rate: 'rated' })))
    const person = await mountKiosk('en')
    await scan(slip)
    expect(person.see('[data-rate]')).toBe(false)
    expect(person.page.find('[data-rated]').text()).toContain('has been rated')
  })

  it('lets a slip of the finger be put right under the same request', async () => {
    const person = await mountKiosk()
    await scan(slip)
    await go(person, '[data-rate]', '[data-level="5"]', '[data-nav="back"]')
    expect(person.page.find('[data-level="5"]').attributes('aria-pressed')).toBe('true')
    await go(person, '[data-level="1"]')
    expect(sent().map((r) => r.level)).toEqual([5, 1])
    expect(sent()[1]!.request).toBe(sent()[0]!.request)
    expect(person.see('[data-reason="fast"]')).toBe(true)
    expect(person.see('[data-reason="wait"]')).toBe(false)
  })

  it('takes reasons and words, and says what follows and until when', async () => {
    const person = await mountKiosk()
    await scan(slip)
    await go(person, '[data-rate]', '[data-level="4"]', '[data-reason="wait"]', '[data-reason="trips"]', '[data-reason="wait"]', '[data-write]')
    await person.page.find('[data-words]').setValue('跑了三趟')
    await go(person, '[data-send]')
    expect(sent().at(-1)).toMatchObject({ level: 4, reasons: ['trips'], remark: '跑了三趟' })
    expect(new Set(sent().map((r) => r.request)).size).toBe(1)
    expect(person.screen()).toBe('rated')
    expect(person.text()).toContain('2026-12-01')
    await go(person, '[data-nav="back"]')
    expect(person.screen()).toBe('found')
    expect(person.see('[data-rate]')).toBe(false)
    expect(person.see('[data-rated]')).toBe(true)
  })

  it('promises nothing to who was content, and sends nothing twice', async () => {
    const person = await mountKiosk()
    await scan(slip)
    await go(person, '[data-rate]', '[data-level="1"]', '[data-end]')
    expect(sent()).toHaveLength(1)
    expect(person.text()).not.toContain('2026-12-01')
    await go(person, '[data-done]')
    expect(person.screen()).toBe('home')
  })

  it('that was refused says so and moves nowhere', async () => {
    at.kiosk['Rate']!.mockImplementation(no('rated_already', 904))
    const person = await mountKiosk()
    await scan(slip)
    await go(person, '[data-rate]', '[data-level="3"]')
    expect(person.screen()).toBe('rate')
    expect(person.see('[data-refusal="rated_already"]')).toBe(true)
    expect(person.page.find('[data-level="3"]').attributes('aria-pressed')).toBe('false')
  })
})
