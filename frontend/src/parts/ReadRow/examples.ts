import type { Examples } from '../example'

export const examples: Examples = (say) => [
  { name: 'a column with its newest', props: { title: { zh: '惠企服务', en: 'For businesses' }, icon: 'paper', more: { zh: '企业开办一窗服务实施办法', en: 'Starting a company at one window' }, date: '2026-10-15' } },
  { name: 'a notice', props: { title: { zh: '社保医保和公安窗口周六照常办理', en: 'Insurance and police windows open on Saturdays' }, more: { zh: '区政府办公室', en: '' }, date: '2026-11-16' } },
  { name: 'a section', props: { title: { zh: '怎么提出申请', en: say('怎么提出申请', 'How to apply') } } },
]
