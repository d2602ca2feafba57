import type { Examples } from '../example'

const ends = { low: { zh: '很不满意', en: 'Not at all' }, high: { zh: '非常满意', en: 'Very much' } }

export const examples: Examples = (say) => [
  { name: 'nothing is chosen', props: { modelValue: 0, label: say('总的来说，您满意吗？', 'All in all, are you satisfied?'), ...ends } },
  { name: 'a step is chosen', props: { modelValue: 4, label: say('总的来说，您满意吗？', 'All in all, are you satisfied?'), ...ends } },
]
