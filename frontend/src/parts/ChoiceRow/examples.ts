import type { Examples } from '../example'

const name = { zh: '人生事件', en: 'Life event' }

export const examples: Examples = (say) => [
  { name: 'leads to a list', props: { name, open: true } },
  { name: 'tells what is chosen there', props: { name, value: { zh: '结婚', en: 'Marriage' }, open: true } },
  { name: 'can be chosen', props: { name: { zh: '买房卖房', en: 'Buying and selling a home' }, note: say('17 个事项', '17 items') } },
  { name: 'is chosen', props: { name: { zh: '结婚', en: 'Marriage' }, note: say('5 个事项', '5 items'), chosen: true } },
  { name: 'is chosen beside others', props: { name: { zh: '办事指南写得清楚', en: 'Clear guides' }, chosen: true, several: true } },
]
