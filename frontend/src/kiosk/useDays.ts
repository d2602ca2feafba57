import { useI18n } from 'vue-i18n'
import { tagOf } from '../i18n'
import type { Text } from '../types/common'
import type { Hours, Period } from '../types/hall'

/** Midnight of a date, "2026-10-08", by no clock but the calendar's. */
const midnight = (date: string) => new Date(`${date}T00:00:00Z`)

/** The day after a date. */
export function dayAfter(date: string): string {
  return new Date(midnight(date).getTime() + 86_400_000).toISOString().slice(0, 10)
}

/** A clock time as people write it: "8:30". */
export const clock = (time: string) => time.replace(/^0(?=\d)/, '')

export interface Days {
  /** "10月8日星期四", "Thursday, October 8". */
  day(date: string): string
  /** Without its weekday. */
  short(date: string): string
  /** From one day to another; one day alone is itself. */
  span(from: string, to: string): string
  /** "8:30–12:00，13:30–17:00". */
  times(periods: Period[]): string
  /** A usual week in both languages; the Chinese words are the hall's own. */
  week(hours: Hours): Text
  /** The names of holidays; what has no English name keeps its own. */
  holidays(names: string[]): string
}

/** Dates and times in the person's language. */
export function useDays(): Days {
  const { t, te, locale } = useI18n({ useScope: 'global' })
  const write = (date: string, how: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tagOf(locale.value), { timeZone: 'UTC', ...how }).format(midnight(date))
  const short = (date: string) => write(date, { month: 'long', day: 'numeric' })
  const times = (periods: Period[]) => periods.map((p) => `${clock(p.from)}–${clock(p.to)}`).join(t('hall.and'))
  /** Days in a row as their ends: "Monday to Friday". */
  function weekdays(days: number[]): string {
    // The first of January 2024 was a Monday.
    const names = days.map((d) => write(`2024-01-0${d}`, { weekday: 'long' }))
    const row = days.length > 2 && days.every((d, i) => d === days[0]! + i)
    return row ? t('hall.span', { from: names[0], to: names[names.length - 1] }) : names.join(t('hall.and'))
  }
  return {
    short, times,
    week: ({ text, weekdays: days, periods }) => ({ zh: text, en: days.length > 0 ? t('hall.week', { days: weekdays(days), times: times(periods) }) : '' }),
    day: (date) => write(date, { month: 'long', day: 'numeric', weekday: 'long' }),
    span: (from, to) => (from === to ? short(from) : t('hall.span', { from: short(from), to: short(to) })),
    holidays: (names) => names.map((n) => (te(`hall.holiday.${n}`) ? t(`hall.holiday.${n}`) : n)).join(t('hall.and')),
  }
}
