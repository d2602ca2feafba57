import type { Examples } from '../example'

export const examples: Examples = (say) => [
  { name: 'the one next step', props: { tone: 'main', icon: 'ticket' }, slot: say('取号', 'Take a ticket') },
  { name: 'another way', props: { icon: 'back' }, slot: say('返回', 'Back') },
  { name: 'the way goes on', props: { icon: 'next', trailing: true, tone: 'main' }, slot: say('下一页', 'Next') },
  { name: 'not now', props: { disabled: true }, slot: say('上一页', 'Previous') },
  { name: 'at work', props: { tone: 'main', busy: true }, slot: say('正在取号…', 'One moment…') },
  { name: 'long words', props: { tone: 'main', icon: 'ticket' }, slot: say('取这个事项的号：公众聚集场所投入使用、营业前消防安全检查', 'Ticket for this item: fire safety inspection of public venues before opening') },
]
