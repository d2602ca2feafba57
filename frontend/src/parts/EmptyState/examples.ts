import type { Examples } from '../example'

export const examples: Examples = (say) => [
  { name: 'why, and what next', props: { icon: 'search', title: say('没有找到这个事项', 'Nothing was found'), hint: say('换个说法再试，或询问工作人员。', 'Try other words, or ask a member of staff.') } },
  { name: 'in short', props: { title: say('这个区还没有办事指南', 'There are no guides for this area yet') } },
]
