import { onScopeDispose, ref, watch } from 'vue'
import { call, requestId } from '../bridge'
import type { BeforePage, DisclosureForm } from '../types/disclosure'

/** Below so many characters there is nothing to look for. */
const least = 4
const pauseMs = 500

/**
 * What the same person asked for before, looked for while the request is written: after a
 * pause, and a slow answer to an older text never replaces a newer one. It proposes and
 * stops nobody. That somebody looked is noted, once for a form: a new one gets a name for that.
 */
export function useBefore(form: () => DisclosureForm, number: () => string) {
  const before = ref<BeforePage | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function look(): Promise<void> {
    const asked = ++turn
    const of = form()
    if (number() === '' && of.request === '') of.request = requestId()
    const got = await call<BeforePage>('Counter.LookBefore', { ...of }, number()).catch(() => null)
    if (asked === turn) before.value = got && { ...got, repeats: got.repeats ?? [] }
  }

  watch(() => [form().documentNumber, form().documentType, form().asked, form().agency, form().day, number()].join('\n'), () => {
    clearTimeout(timer)
    turn++
    before.value = null
    if (form().documentNumber.trim() !== '' && form().asked.trim().length >= least) timer = setTimeout(() => void look(), pauseMs)
  }, { immediate: true })
  onScopeDispose(() => { clearTimeout(timer); turn++ })
  return before
}
