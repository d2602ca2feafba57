import * as sample from '../../testing/fixtures'
import type { Examples } from '../example'

export const examples: Examples = () => [
  { name: 'what must come, may follow, is known, or depends', props: { materials: sample.guide.materials } },
]
