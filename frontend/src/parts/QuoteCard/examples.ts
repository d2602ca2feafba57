import * as sample from '../../testing/fixtures'
import type { Examples } from '../example'

const quote = (over: object) => ({ state: 'given', item: sample.item(1), field: 'materials', fromFaq: false, lines: [], promisedDays: 0, dayUnit: '', visits: 1, phone: '', ...over })

export const examples: Examples = () => [
  { name: 'an answer of the staff', props: { quote: quote({ field: 'fee', fromFaq: true, lines: ['首次申领免费，补领每张收工本费20元。'] }) } },
  { name: 'more to bring than there is room for', props: { quote: quote({ lines: ['居民身份证', '不动产权证书', '买卖合同', '完税凭证', '婚姻证明'] }) } },
  { name: 'a figure in words', props: { quote: quote({ field: 'time', lines: ['5', '工作日'], promisedDays: 5, dayUnit: '工作日' }) } },
]
