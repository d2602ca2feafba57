import type { Examples } from '../example'

export const examples: Examples = () => [
  { name: 'a range', props: { wait: { known: true, low: 7, high: 19 } } },
  { name: 'soon', props: { wait: { known: true, low: 0, high: 8 } } },
  { name: 'next', props: { wait: { known: true, low: 0, high: 0 } } },
  { name: 'nobody knows', props: { wait: { known: false, low: 0, high: 0 } } },
]
