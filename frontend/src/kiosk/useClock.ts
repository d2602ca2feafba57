import { computed, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue'
import { tagOf } from '../i18n'

/** Halls keep the time of UTC+8, whatever this machine's settings say. */
const timeZone = 'Asia/Shanghai'

/** The terminal's clock in the person's language; `skewMs` is the difference to this page's clock. */
export function useClock(skewMs: Ref<number>, locale: Ref<string>): { time: ComputedRef<string>; day: ComputedRef<string>; weekday: ComputedRef<string> } {
  const now = ref(Date.now())
  const timer = setInterval(() => { now.value = Date.now() }, 1000)
  onScopeDispose(() => clearInterval(timer))
  const at = computed(() => new Date(now.value + skewMs.value))
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hour12: false })
  return {
    time: computed(() => clock.format(at.value)),
    day: computed(() => new Intl.DateTimeFormat(tagOf(locale.value), { timeZone, month: 'long', day: 'numeric' }).format(at.value)),
    weekday: computed(() => new Intl.DateTimeFormat(tagOf(locale.value), { timeZone, weekday: 'long' }).format(at.value)),
  }
}
