import type { Examples } from '../example'

export const examples: Examples = (say) => [
  { name: 'in the middle', props: { modelValue: 3, label: say('音量', 'Volume') } },
  { name: 'at its end', props: { modelValue: 5, label: say('语速', 'Speed') } },
]
