import type { Examples } from '../example'

export const examples: Examples = () => [
  { name: 'a sentence with its next step', props: { refusal: { code: 701, key: 'disk_full', args: {} } } },
  { name: 'from a newer terminal', props: { refusal: { code: 1, key: 'unheard_of', args: {} } } },
]
