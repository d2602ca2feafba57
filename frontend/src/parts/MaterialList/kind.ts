import type { Material } from '../../types/guide'

export type Kind = 'must' | 'waived' | 'later' | 'maybe'

/** What a person does about a material. Shared data wins: what the offices know need not be brought. */
export function kindOf(m: Material): Kind {
  if (m.waivedBy.zh !== '') return 'waived'
  return m.need === 'later' || m.need === 'maybe' ? m.need : 'must'
}

/** The forms that the catalogue knows, as keys of their words. */
const forms: Record<string, string> = { 原件: 'original', 原件核验: 'checked', 复印件: 'copy', 电子件: 'electronic' }

/** How many of what: originals in the form that is asked for, then photocopies. */
export function countsOf(m: Material): { form: string; n: number }[] {
  const form = forms[m.form] ?? 'original'
  const out = []
  if (m.originals > 0) out.push({ form: form === 'copy' ? 'original' : form, n: m.originals })
  if (m.copies > 0) out.push({ form: 'copy', n: m.copies })
  return out.length > 0 ? out : [{ form, n: 1 }]
}
