import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { mountPart } from '../../testing/terminal'
import WaitRange from './WaitRange.vue'

describe('WaitRange', () => {
  it.each([
    [{ known: false, low: 0, high: 0 }, '暂时无法估计', 'Cannot be told yet'],
    [{ known: true, low: 0, high: 0 }, '马上轮到', 'Next in line'],
    [{ known: true, low: 0, high: 8 }, '8 分钟以内', 'Within 8 min'],
    [{ known: true, low: 7, high: 19 }, '约 7–19 分钟', '7–19 min'],
    [{ known: true, low: 9, high: 9 }, '9 分钟以内', 'Within 9 min'],
  ])('%j', async (wait, zh, en) => {
    expect(mountPart(WaitRange, { wait }).text()).toBe(zh)
    const part = mountPart(WaitRange, { wait }, 'en')
    expect(part.text()).toBe(en)
    await expectAccessible(part.element)
  })
})
