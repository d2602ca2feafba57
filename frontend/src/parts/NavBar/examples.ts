import type { Examples } from '../example'

export const examples: Examples = (say) => [
  { name: 'with a next step', step: say('查询', 'Look up') },
  { name: 'with pages', props: { page: 2, pages: 3 } },
  { name: 'on the first page', props: { page: 1, pages: 2 } },
]
