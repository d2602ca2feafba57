import * as sample from '../../testing/fixtures'
import type { Examples } from '../example'

export const examples: Examples = (say) => [
  { name: 'leads to what the area does', props: { area: sample.area('B') } },
  { name: 'with a ticket at once', props: { area: sample.area('B'), action: say('取号', 'Ticket') } },
  { name: 'no window is open', props: { area: sample.area('L', { openWindows: 0, waiting: 0 }), action: say('取号', 'Ticket') } },
  { name: 'who comes now may not be reached today', props: { area: sample.area('D', { late: true }), action: say('取号', 'Ticket') } },
  { name: 'nobody is called for a while', props: { area: sample.area('E', { pausedUntil: '10:30' }), action: say('取号', 'Ticket') } },
  { name: 'a ticket is on its way', props: { area: sample.area('C'), action: say('取号', 'Ticket'), busy: true } },
]
