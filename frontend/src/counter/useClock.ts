import { onScopeDispose, ref, type Ref } from 'vue'

/** This page's clock in milliseconds, told anew each second. */
export function useClock(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => { now.value = Date.now() }, 1000)
  onScopeDispose(() => clearInterval(timer))
  return now
}

/** "4:05" of a number of seconds; never negative, because clocks may differ. */
export function minutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** Halls keep the time of UTC+8, without summer time, whatever this PC's settings say. */
const zoneMs = 8 * 3_600_000

/** The hall's clock time "09:05" of milliseconds since 1970. */
export function clockTime(ms: number): string {
  return new Date(ms + zoneMs).toISOString().slice(11, 16)
}
