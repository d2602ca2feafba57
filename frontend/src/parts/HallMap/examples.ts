import type { Area } from '../../types/common'
import type { Examples } from '../example'

const at = (letter: string, floor: number, windows: number): Area => ({ letter, name: { zh: letter, en: letter }, floor, windows, openWindows: windows, waiting: 0, wait: { known: true, low: 0, high: 0 }, items: 1, late: false, elsewhere: [], pausedUntil: '', pausedWhy: '', relief: 0 })
const areas = [at('A', 2, 16), at('B', 1, 20), at('C', 3, 12), at('E', 2, 8), at('J', 1, 1), at('M', 1, 0)]

export const examples: Examples = () => [
  { name: 'up the stairs', props: { areas, letter: 'C', here: 1 } },
  { name: 'on this floor', props: { areas, letter: 'B', here: 1 } },
  { name: 'down', props: { areas, letter: 'B', here: 3 } },
]
