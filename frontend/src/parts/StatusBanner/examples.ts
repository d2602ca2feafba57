import * as sample from '../../testing/fixtures'
import type { Examples } from '../example'

export const examples: Examples = () => [
  { name: 'all is well', props: { standing: sample.standing, lost: false } },
  { name: 'cut off, without paper', props: { standing: { ...sample.standing, line: 'alone', printer: 'paper_out' }, lost: false } },
  { name: 'full', props: { standing: { ...sample.standing, disk: 'full' }, lost: false } },
  { name: 'no answer', props: { standing: null, lost: true } },
]
