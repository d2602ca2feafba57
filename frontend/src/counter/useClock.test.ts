import { describe, expect, it } from 'vitest'
import { clockTime, minutes } from './useClock'

describe('clocks', () => {
  it.each([['2026-11-24T01:05:00Z', '09:05'], ['2026-11-24T15:59:59Z', '23:59'], ['2026-11-24T16:00:00Z', '00:00'], ['2026-07-01T00:00:00+08:00', '00:00']])(
    'tell the hall\'s time for %s', (at, clock) => expect(clockTime(Date.parse(at))).toBe(clock))

  it.each([[0, '0:00'], [65, '1:05'], [3600, '60:00'], [-4, '0:00'], [59.9, '0:59']])('%d seconds are %s', (seconds, text) => expect(minutes(seconds)).toBe(text))
})
