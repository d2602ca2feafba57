import type { Examples } from '../example'

export const examples: Examples = () => [
  { name: 'in both languages', props: { text: { zh: '不动产交易登记', en: 'Real estate registration' } } },
  { name: 'in Chinese only', props: { text: { zh: '公司变更登记', en: '公司变更登记' } } },
]
