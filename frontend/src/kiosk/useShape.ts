import { computed, onScopeDispose, reactive, ref, watchEffect, type ComputedRef } from 'vue'
import type { Place } from '../types/common'
import { choices } from './paging'
import type { Comfort } from './useComfort'

/** Where a person who sits reaches, in millimetres above the floor (ADA 308). */
export const reach = { lowest: 380, highest: 1200 }

/** The distance for which the tokens' sizes are made. */
const usualDistanceMm = 600

export interface Shape {
  /** True on a lying screen, which has width to spare and no height. */
  lying: ComputedRef<boolean>
  /** True where the screen reaches higher than somebody in a wheelchair. */
  lowHelps: ComputedRef<boolean>
  /** How many choices of a list fit, six at most. */
  fit(list: string): number
  /** Told when the choices shown do not fit: from then on the list has a row less, unless there is only one. */
  fewer(list: string, shown: number): boolean
  /** The next person may have other words and another line of news: begin with six again. */
  forgetFit(): void
}

/**
 * What the screen's size and place mean for its pages: the shape, and in low mode
 * where the reach ends, in millimetres, because a finger and an eye are. How many
 * rows there is room for is not counted but seen: a page begins with six and takes
 * rows away until all of it is in sight.
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
  /** Pages have more width than height: a lying screen, or low mode on a standing one. */
  const wide = computed(() => size.value.width / mm.value > usedMm.value * 0.75)

  const learned = reactive(new Map<string, number>())
  const looks = (list: string) => [list, english(), comfort.big, low.value, size.value.width, size.value.height].join()

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
    lowHelps,
    lying: computed(() => wide.value && !low.value),
    fit: (list) => learned.get(looks(list)) ?? choices,
    fewer(list, shown) {
      if (shown > 1) learned.set(looks(list), shown - 1)
      return shown > 1
    },
    forgetFit: () => learned.clear(),
  }
}
