import * as sample from '../../testing/fixtures'
import type { Examples } from '../example'

const [must, form, follow, maybe] = sample.checklist as [never, never, never, never]

export const examples: Examples = () => [
  { name: 'must come, before anything is ticked', props: { modelValue: false, line: must } },
  { name: 'they have it', props: { modelValue: true, line: must, begun: true } },
  { name: 'missing', props: { modelValue: false, line: must, begun: true } },
  { name: 'to be had in the hall', props: { modelValue: false, line: form, begun: true } },
  { name: 'may follow later', props: { modelValue: false, line: follow, begun: true } },
  { name: 'only if', props: { modelValue: false, line: maybe, begun: true } },
]
