import type { Examples } from '../example'

export const examples: Examples = (say) => [
  { name: 'off, as everybody finds it', props: { modelValue: false, label: say('优先号（可选）', 'Priority (optional)'), hint: say('老年人、残疾人、军人', 'Elderly, disabled, military') } },
  { name: 'on', props: { modelValue: true, label: say('大字', 'Large type'), hint: say('长辈版：字和按键都放大', 'Bigger words and bigger buttons') } },
]
