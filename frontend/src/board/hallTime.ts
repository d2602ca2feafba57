/** Halls keep the time of UTC+8, without summer time, whatever this screen's settings say. */
const zoneMs = 8 * 3_600_000

/** The hall's clock and calendar at a moment in milliseconds since 1970; weekday 0 is Sunday. */
export function hallTime(ms: number): { time: string; month: number; day: number; weekday: number } {
  const at = new Date(ms + zoneMs)
  return { time: at.toISOString().slice(11, 16), month: at.getUTCMonth() + 1, day: at.getUTCDate(), weekday: at.getUTCDay() }
}

/** The hall's date at a moment, "2026-11-24". */
export const hallDate = (ms: number): string => new Date(ms + zoneMs).toISOString().slice(0, 10)
