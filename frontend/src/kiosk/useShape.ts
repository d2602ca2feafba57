import { onScopeDispose, ref, type Ref } from 'vue'

/** True on a screen that is wider than high, where fewer rows fit. */
export function useLandscape(): Ref<boolean> {
  const query = window.matchMedia('(orientation: landscape)')
  const wide = ref(query.matches)
  const changed = () => { wide.value = query.matches }
  query.addEventListener('change', changed)
  onScopeDispose(() => query.removeEventListener('change', changed))
  return wide
}
