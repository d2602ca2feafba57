import type { Refusal } from '../bridge'

/**
 * Refusals for which a clerk needs more than the common sentence, with the
 * arguments that theirs fills in; `by` names the argument whose value picks one
 * of several sentences.
 */
const own: Record<string, { by?: string; needs: string[] }> = {
  hub_unreachable: { needs: [] },
  hub_gathers: { needs: [] },
  code_torn: { needs: [] },
  code_foreign: { needs: [] },
  too_soon: { needs: ['seconds'] },
  pin_locked: { needs: ['seconds'] },
  still_serving: { needs: ['number'] },
  window_taken: { needs: ['clerk'] },
  code_used: { needs: ['number'] },
  ticket_state: { by: 'state', needs: ['number'] },
  identity_wrong: { by: 'why', needs: [] },
  reader_failed: { by: 'reason', needs: [] },
  printer_failed: { by: 'reason', needs: [] },
  scan_wrong: { by: 'why', needs: [] },
  pad_failed: { by: 'reason', needs: [] },
  shared_many: { needs: ['seconds'] },
  field_missing: { by: 'field', needs: [] },
  step_missing: { by: 'step', needs: [] },
  step_once: { by: 'step', needs: [] },
  fee_state: { by: 'state', needs: [] },
}

/** The word keys for a refusal, the most telling first; the page takes the first that exists. */
export function sentencesFor(refusal: Refusal): string[] {
  const clerk = own[refusal.key]
  const keys = [`refusal.${refusal.key}`, 'refusal.internal']
  if (!clerk || clerk.needs.some((name) => !refusal.args[name])) return keys
  const detail = clerk.by ? refusal.args[clerk.by] : ''
  return [clerk.by ? `counter.refused.${refusal.key}_${detail}` : `counter.refused.${refusal.key}`, ...keys]
}
