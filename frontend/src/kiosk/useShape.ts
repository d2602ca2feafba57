import { computed, onScopeDispose, ref, watchEffect, type ComputedRef } from 'vue'
import type { Place } from '../types'
import { choices } from './paging'
import type { Comfort } from './useComfort'

/** Where a person who sits reaches, in millimetres above the floor (ADA 308). */
export const reach = { lowest: 380, highest: 1200 }

/** The distance for which the tokens' sizes are made. */
const usualDistanceMm = 600

/** Millimetres of a screen that are not for its rows, and of a row with its gap, by shape. */
export interface Rows {
  tall: [rest: number, row: number]
  wide: [rest: number, row: number]
}

export interface Shape {
  /** True where pages have more width than height: a lying screen, or low mode on a standing one. */
  wide: ComputedRef<boolean>
  /** True where the screen reaches higher than somebody in a wheelchair. */
  lowHelps: ComputedRef<boolean>
  /** How many choices lie side by side: two on a lying screen. */
  columns: ComputedRef<number>
  /** How many choices fit; six at most. */
  fit(rows: Rows): number
}

/**
 * What the screen's size and place mean for its pages: the shape, how many rows
 * there is room for, and in low mode where the reach ends. All of it is counted
 * in millimetres, because a finger and an eye are.
 */
export function createShape(place: () => Place | undefined, comfort: Comfort, english: () => boolean): Shape {
  const read = () => ({ width: window.innerWidth, height: window.innerHeight })
  const size = ref(read())
  const changed = () => { size.value = read() }
  window.addEventListener('resize', changed)

  const mm = computed(() => place()?.pxPerMm ?? 2.7)
  const lowMm = computed(() => place()?.screenLowMm ?? 0)
  const far = computed(() => Math.max(1, (place()?.distanceMm ?? usualDistanceMm) / usualDistanceMm))
  const heightMm = computed(() => size.value.height / mm.value)
  const reachMm = computed(() => reach.highest - lowMm.value)
  const lowHelps = computed(() => heightMm.value > reachMm.value)
  const low = computed(() => comfort.low && lowHelps.value)
  const footMm = computed(() => (low.value ? Math.max(0, reach.lowest - lowMm.value) : 0))
  const usedMm = computed(() => (low.value ? reachMm.value : heightMm.value) - footMm.value)
  const wide = computed(() => size.value.width / mm.value > usedMm.value * 0.75)

  const columns = computed(() => (wide.value && !low.value ? 2 : 1))
  /** Header, state of the terminal and the strip, as far as they are inside the used height. */
  const frameMm = computed(() => (low.value ? 28 : wide.value ? 45 : 88))

  const root = document.documentElement
  const stop = watchEffect(() => {
    root.dataset['shape'] = wide.value ? 'wide' : 'tall'
    if (low.value) root.dataset['low'] = 'on'
    else delete root.dataset['low']
    root.style.setProperty('--far', String(far.value))
    root.style.setProperty('--reach', `${reachMm.value * mm.value}px`)
    root.style.setProperty('--foot', `${footMm.value * mm.value}px`)
  })
  onScopeDispose(() => {
    stop()
    window.removeEventListener('resize', changed)
    delete root.dataset['shape']
    delete root.dataset['low']
  })

  return {
    wide, lowHelps, columns,
    fit(rows) {
      const type = far.value * (comfort.big ? 1.25 : 1)
      const [rest, row] = columns.value > 1 ? rows.wide : rows.tall
      // English names are longer and take another line.
      const line = row * type * (english() ? 1.25 : 1)
      const lines = Math.floor((usedMm.value - (frameMm.value + rest) * type) / line)
      return Math.min(choices, Math.max(1, lines) * columns.value)
    },
  }
}
