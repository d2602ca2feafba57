import * as sample from '../../testing/fixtures'
import type { Examples } from '../example'

export const examples: Examples = () => [
  { name: 'in the list of its area', props: { item: sample.item(1) } },
  { name: 'found by another name', props: { item: sample.item(2, { why: 'alias', match: '换法人' }), showArea: true } },
  { name: 'not in this hall', props: { item: sample.item(3, { here: false }) } },
  { name: 'without a guide', props: { item: sample.item(4, { letter: '', here: false }), showArea: true } },
]
