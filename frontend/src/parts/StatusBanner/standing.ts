import type { Standing } from '../../types/common'

export type Tone = 'ok' | 'warn' | 'bad'

/** One sentence of the banner: the key of its words below `common.standing`. */
export interface Sentence {
  key: string
  tone: Tone
}

const printer: Record<string, Sentence> = {
  paper_low: { key: 'paperLow', tone: 'ok' },
  paper_out: { key: 'paperOut', tone: 'warn' },
  cover_open: { key: 'coverOpen', tone: 'warn' },
  off: { key: 'printerOff', tone: 'warn' },
  none: { key: 'printerNone', tone: 'warn' },
}

/**
 * What a person has to know about the terminal, the gravest first. A terminal
 * that does not answer says only that: all else it last said may be wrong.
 */
export function sentencesOf(standing: Standing | null, lost: boolean): Sentence[] {
  if (lost || !standing) return [{ key: lost ? 'lost' : 'starting', tone: lost ? 'bad' : 'ok' }]
  const out: Sentence[] = []
  if (standing.disk === 'full') out.push({ key: 'diskFull', tone: 'bad' })
  const paper = printer[standing.printer]
  if (paper && paper.tone !== 'ok') out.push(paper)
  if (standing.line !== 'centre') out.push({ key: standing.line, tone: 'warn' })
  if (standing.clockOff) out.push({ key: 'clockOff', tone: 'warn' })
  return out.length > 0 ? out : [{ key: 'centre', tone: 'ok' }]
}
