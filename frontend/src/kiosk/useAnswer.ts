import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { refusalOf, type Refusal } from '../bridge'

export interface Answer<T> {
  value: ShallowRef<T | null>
  refusal: Ref<Refusal | null>
  loading: Ref<boolean>
  retry(): void
}

/** Asks the terminal for what a screen shows, anew when `question` changes; a late answer to an old question is dropped. */
export function useAnswer<Q, T>(question: () => Q, ask: (question: Q) => Promise<T>): Answer<T> {
  const value = shallowRef<T | null>(null)
  const refusal = ref<Refusal | null>(null)
  const loading = ref(false)
  let turn = 0

  async function run(): Promise<void> {
    const mine = ++turn
    loading.value = true
    try {
      const answer = await ask(question())
      if (mine !== turn) return
      value.value = answer
      refusal.value = null
    } catch (thrown) {
      if (mine !== turn) return
      refusal.value = refusalOf(thrown)
    }
    loading.value = false
  }

  watch(question, () => void run(), { immediate: true })
  onScopeDispose(() => { turn++ })
  return { value, refusal, loading, retry: () => void run() }
}
