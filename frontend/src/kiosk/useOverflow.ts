import { nextTick, onScopeDispose, ref, watch, type Ref } from 'vue'

export interface Overflow {
  /** True when there is more than fits. */
  more: Ref<boolean>
  /** True when the end is in sight. */
  end: Ref<boolean>
  /** Goes on by most of a screenful, or back to the top from the end. */
  turn(): void
}

/**
 * Knows whether a box holds more than it shows, so that a button can say so: few
 * people think of dragging a screen. Before it says so, `tight` may make the content
 * smaller, and answers whether it does.
 */
export function useOverflow(box: Ref<HTMLElement | null>, tight: () => boolean = () => false): Overflow {
  const more = ref(false)
  const end = ref(false)

  function look(): void {
    const e = box.value
    if (!e) return
    const over = e.scrollHeight > e.clientHeight + 2
    if (over && tight()) {
      void nextTick(look)
      return
    }
    more.value = over
    end.value = e.scrollTop + e.clientHeight >= e.scrollHeight - 2
  }

  const sizes = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(look)
  const content = typeof MutationObserver === 'undefined' ? null : new MutationObserver(look)
  watch(box, (now, before) => {
    before?.removeEventListener('scroll', look)
    sizes?.disconnect()
    content?.disconnect()
    if (!now) return
    now.addEventListener('scroll', look, { passive: true })
    sizes?.observe(now)
    content?.observe(now, { childList: true, subtree: true, characterData: true })
    look()
  }, { flush: 'post' })
  onScopeDispose(() => {
    box.value?.removeEventListener('scroll', look)
    sizes?.disconnect()
    content?.disconnect()
  })

  return {
    more, end,
    turn() {
      const e = box.value
      e?.scrollTo({ top: end.value ? 0 : e.scrollTop + e.clientHeight * 0.8 })
    },
  }
}
