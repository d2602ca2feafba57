import { describe, expect, it } from 'vitest'
import { typeInto } from './number'
import { pageOf, pagesOf } from './paging'
import { windowsOf } from './windows'
import { anything, createTrail } from './useTrail'

describe('typeInto', () => {
  it.each([
    ['', 'b', 'B'], ['B01', '2', 'B012'], ['B2', '-', 'B2-'], ['B012', '⌫', 'B01'], ['', '⌫', ''], ['B', ' ', 'B'], ['B', '号', 'B'], ['B', 'Tab', 'B'], ['B2-12345', '6', 'B2-12345'],
  ])('%s and %s give %s', (text, key, now) => expect(typeInto(text, key)).toBe(now))
})

describe('paging', () => {
  const rows = Array.from({ length: 13 }, (_, i) => i)
  it('has six rows a page and never an empty one', () => {
    expect([0, 1, 6, 7, 12, 13].map((n) => pagesOf(n))).toEqual([1, 1, 1, 2, 2, 3])
    expect(pageOf(rows, 1)).toEqual([0, 1, 2, 3, 4, 5])
    expect(pageOf(rows, 3)).toEqual([12])
    expect(pageOf(rows, 9)).toEqual([12])
    expect(pageOf(rows, 0)).toEqual([0, 1, 2, 3, 4, 5])
  })
})

describe('windowsOf', () => {
  it.each([['B01-B20', 'B01–B20'], ['M01-M01', 'M01'], ['M01', 'M01'], ['', '']])('%s is %s', (text, words) => expect(windowsOf(text)).toBe(words))
})

describe('trail', () => {
  it('never goes behind home and forgets all at once', () => {
    const trail = createTrail()
    trail.back()
    expect(trail.screen.value.name).toBe('home')
    trail.open({ name: 'progress', text: 'B012' })
    trail.open({ name: 'search', text: '', page: 1, filter: anything() })
    trail.back()
    expect(trail.screen.value).toEqual({ name: 'progress', text: 'B012' })
    trail.goHome()
    expect([trail.screen.value.name, trail.depth.value]).toEqual(['home', 0])
  })
})
