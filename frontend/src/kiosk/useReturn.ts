import { onScopeDispose, watch, type Ref } from 'vue'

/** How far a box is scrolled, in pixels. */
export interface Kept { top: number }

/**
 * Keeps how far a box is scrolled with the step of somebody's way: whoever comes back finds
 * the page where it was left, as soon as there is as much of it again.
 */
export function useReturn(box: Ref<HTMLElement | null>, kept: Kept): void {
  let wanted = kept.top

  function look(): void {
    const e = box.value
    if (!e) return
    if (wanted === 0) {
      kept.top = e.scrollTop
    } else if (e.scrollHeight - e.clientHeight >= wanted) {
      e.scrollTop = wanted
      wanted = 0
      grows?.disconnect()
    }
  }
  const grows = wanted === 0 || typeof MutationObserver === 'undefined' ? null : new MutationObserver(look)
  watch(box, (now, before) => {
    before?.removeEventListener('scroll', look)
    now?.addEventListener('scroll', look, { passive: true })
    if (now) grows?.observe(now, { childList: true, subtree: true })
    if (now && wanted > 0) look()
  }, { flush: 'post' })
  onScopeDispose(() => {
    box.value?.removeEventListener('scroll', look)
    grows?.disconnect()
  })
}
