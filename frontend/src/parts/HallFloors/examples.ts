import type { Area } from '../../types/common'
import type { Examples } from '../example'

const at = (letter: string, floor: number, zh: string, en: string, windows: number, openWindows: number, waiting: number): Area => ({ letter, name: { zh, en }, floor, windows, openWindows, waiting, wait: { known: true, low: 0, high: 0 }, items: 1, late: false, elsewhere: [], pausedUntil: '', pausedWhy: '', relief: 0 })
const areas = [
  at('A', 2, '不动产交易登记', 'Real-estate transfer and registration', 16, 8, 12), at('B', 1, '社保医保', 'Social and medical insurance', 20, 10, 41), at('C', 3, '商事登记与市场许可', 'Business registration and permits', 12, 6, 9),
  at('E', 1, '公安服务', 'Police services', 16, 8, 23), at('L', 3, '城市管理', 'Urban management', 2, 0, 1), at('S', 1, '街道便民服务', 'Subdistrict services', 0, 0, 0),
]

export const examples: Examples = () => [
  { name: 'the floor of the machine', props: { areas, here: 1, floor: 1 } },
  { name: 'another floor', props: { areas, here: 1, floor: 3 } },
]
