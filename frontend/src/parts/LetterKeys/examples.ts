import type { Examples } from '../example'

const guesses = [{ text: '社保卡', letters: 3 }, { text: '刷不开', letters: 3 }, { text: '上班', letters: 2 }, { text: '社保', letters: 2 }, { text: '是', letters: 1 }]

export const examples: Examples = (say) => [
  { name: 'letters that wait', props: { guesses, language: 'zh', label: say('字母键盘', 'Letters') } },
  { name: 'none wait', props: { guesses: [], language: 'zh', label: say('字母键盘', 'Letters') } },
  { name: 'plain letters', props: { guesses: [], label: say('字母键盘', 'Letters') } },
]
