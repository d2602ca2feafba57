import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'
import { mountKiosk, terminal } from '../testing/terminal'
import { idleTimes, useIdle } from './useIdle'

beforeEach(() => {
  vi.useFakeTimers()
  terminal()
})
afterEach(() => vi.useRealTimers())

const pass = async (ms: number) => {
  await vi.advanceTimersByTimeAsync(ms)
  await flushPromises()
  await nextTick()
}
const warned = () => document.querySelector('[data-idle]') !== null
const press = async (selector: string) => {
  const e = document.querySelector<HTMLElement>(selector)!
  e.dispatchEvent(new Event('pointerdown', { bubbles: true }))
  e.click()
  await flushPromises()
  await nextTick()
}

describe('a kiosk that somebody has left', () => {
  it('warns after 60 s, and 30 s later is home in Chinese with nothing left', async () => {
    const person = await mountKiosk()
    for (const t of ['button[lang="en"]', '[data-verb="ticket"]', '[data-priority]']) await person.tap(t)
    await pass(59_000)
    expect(warned()).toBe(false)
    await pass(1_500)
    expect(warned()).toBe(true)
    await pass(27_000)
    expect(person.screen()).toBe('areas')
    await pass(2_500)
    expect(warned()).toBe(false)
    expect(person.screen()).toBe('home')
    expect(person.text()).toContain('您好')
    await person.tap('[data-verb="ticket"]')
    expect(person.page.find('[data-priority]').attributes('aria-checked')).toBe('false')
  })

  it.each(['[data-idle-stay]', '[data-idle-veil]'])('is kept by one tap at %s', async (place) => {
    const person = await mountKiosk()
    await person.tap('[data-verb="guide"]')
    await pass(70_000)
    expect(warned()).toBe(true)
    await press(place)
    expect(warned()).toBe(false)
    expect(person.screen()).toBe('areas')
    await pass(59_000)
    expect(warned()).toBe(false)
  })

  it('can be kept as often as wanted', async () => {
    const leave = vi.fn()
    const scope = effectScope()
    const idle = scope.run(() => useIdle(() => idleTimes.readingMs, leave))!
    for (let round = 0; round < 20; round++) {
      await vi.advanceTimersByTimeAsync(89_000)
      expect(idle.left.value, `round ${round}`).toBeGreaterThan(0)
      idle.extend()
      expect(idle.left.value).toBeNull()
    }
    expect(leave).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(90_500)
    expect(leave).toHaveBeenCalledOnce()
    scope.stop()
  })

  it('can be ended at once', async () => {
    const person = await mountKiosk()
    await person.tap('[data-verb="guide"]')
    await pass(61_000)
    await press('[data-idle-leave]')
    expect(person.screen()).toBe('home')
    expect(warned()).toBe(false)
  })

  it('gives who types twice the time, and any touch starts it anew', async () => {
    const person = await mountKiosk()
    await person.tap('[data-verb="progress"]')
    await pass(119_000)
    expect(warned()).toBe(false)
    await person.tap('[data-key="B"]')
    await pass(119_000)
    expect(warned()).toBe(false)
    await pass(1_500)
    expect(warned()).toBe(true)
  })

  it('warns nobody at home', async () => {
    await mountKiosk()
    await pass(600_000)
    expect(warned()).toBe(false)
  })
})
