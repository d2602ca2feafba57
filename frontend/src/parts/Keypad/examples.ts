import type { Examples } from '../example'

export const examples: Examples = (say) => [
  { name: 'letters and digits side by side', props: { blocks: [[...'ABCDEF'], [...'123456789', '-', '0', '⌫']], columns: [2, 3], label: say('号码键盘', 'Keys for the number') } },
  { name: 'a row of letters', props: { blocks: [['Z', 'X', 'C', 'V', 'B', '␣', '⌫']], columns: [7], label: say('字母键盘', 'Letters') } },
]
