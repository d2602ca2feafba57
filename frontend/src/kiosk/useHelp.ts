import { computed, ref, watch, type ComputedRef } from 'vue'
import { call } from '../bridge'
import type { HelpState } from '../types/kiosk'
import type { HomeState } from './useHome'

export interface Help {
  askHelp(): Promise<void>
  helpState: ComputedRef<HelpState['state'] | 'failed'>
  dismissHelp(): void
}

/**
 * The call for a member of staff. How far it has come is the terminal's word:
 * nothing here says "told" before the hall has it.
 */
export function createHelp(home: HomeState): Help {
  const failed = ref(false)
  const dismissed = ref(false)
  const state = computed(() => home.home.value?.help.state ?? '')
  watch(state, () => { dismissed.value = false })

  return {
    helpState: computed(() => (dismissed.value ? '' : failed.value ? 'failed' : state.value)),
    dismissHelp() {
      dismissed.value = state.value !== ''
      failed.value = false
    },
    async askHelp() {
      dismissed.value = false
      try {
        home.helped(await call<HelpState>('Kiosk.Help'))
        failed.value = false
      } catch {
        failed.value = true
      }
    },
  }
}
