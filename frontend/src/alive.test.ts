import { afterEach, expect, it, vi } from 'vitest'
import { tellAlive } from './alive'

afterEach(() => {
  vi.useRealTimers()
  delete window.runtime
})

it('tells the program twice a second that the page lives, from the start', () => {
  vi.useFakeTimers()
  const emit = vi.fn()
  window.runtime = { EventsEmit: emit }
  const stop = tellAlive()
  expect(emit).toHaveBeenCalledWith('alive')
  vi.advanceTimersByTime(1000)
  expect(emit).toHaveBeenCalledTimes(3)
  stop()
  vi.advanceTimersByTime(5000)
  expect(emit).toHaveBeenCalledTimes(3)
})

it('does nothing in a browser', () => {
  vi.useFakeTimers()
  const stop = tellAlive()
  vi.advanceTimersByTime(1000)
  stop()
})
