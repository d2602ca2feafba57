import { useI18n } from 'vue-i18n'
import type { Opening } from '../types/hall'
import { clock, dayAfter, useDays } from './useDays'

/** How it stands, in a word, and what comes next; `warn` when that is not what people count on. */
export interface OpeningWords {
  now: string
  next: string
  warn: boolean
}

/**
 * An opening in two sentences. The second one is there whenever the next day is not an
 * ordinary one, and after closing: who comes in the afternoon before a holiday has to
 * learn that nobody is there tomorrow.
 */
export function useOpening(): (o: Opening) => OpeningWords {
  const { t } = useI18n({ useScope: 'global' })
  const { day, holidays } = useDays()

  function now(o: Opening): string {
    const again = clock(o.again)
    switch (o.state) {
      case 'open': return o.again ? t('hall.now.openUntilPause', { until: clock(o.until), again }) : t('hall.now.open', { until: clock(o.until) })
      case 'pause': return t('hall.now.pause', { again })
      case 'before': return t('hall.now.before', { again })
      case 'after': return t('hall.now.after')
      case 'closed': return o.today.kind === 'holiday' ? t('hall.now.holiday', { holiday: holidays([o.today.holiday]) }) : t('hall.now.closed')
      case 'not_known': return t('hall.now.notKnown')
      default: return t('hall.now.notTold')
    }
  }

  function next(o: Opening): string {
    if (o.state === 'not_told') return t('hall.next.ask')
    if (o.state === 'not_known') return t('hall.next.yearUnknown', { year: o.today.date.slice(0, 4) })
    const tomorrow = dayAfter(o.today.date)
    if (o.unknownFrom) return o.unknownFrom === tomorrow ? t('hall.next.tomorrowUnknown', { year: o.unknownFrom.slice(0, 4) }) : t('hall.next.unknown', { day: day(o.unknownFrom) })
    const opens = { day: day(o.nextDate), at: clock(o.nextAt) }
    if (o.closedFrom === tomorrow) {
      const days = o.closedTo === tomorrow ? 'one' : 'more'
      return o.holidays.length > 0 ? t(`hall.next.holiday.${days}`, { ...opens, holiday: holidays(o.holidays) }) : t(`hall.next.closed.${days}`, opens)
    }
    if (o.state === 'closed') return o.nextDate === tomorrow ? t('hall.next.tomorrow', opens) : t('hall.next.day', opens)
    return o.state === 'after' ? t('hall.next.tomorrow', opens) : ''
  }

  return (o) => ({ now: now(o), next: next(o), warn: o.state === 'not_known' || o.unknownFrom !== '' || (o.holidays.length > 0 && o.state !== 'closed') })
}
