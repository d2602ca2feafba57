import { useI18n } from 'vue-i18n'
import type { Text } from '../types/common'
import type { Filter } from '../types/guide'
import type { HomeState } from './useHome'
import type { Picked } from './useTrail'
import { useWords } from './useWords'

export interface Narrowed {
  /** Names what a filter asks for, in the person's language. */
  narrowedBy(filter: Filter): string[]
  /** Names a value of a kind of filter in both languages. */
  nameOf(kind: Picked, value: string): Text
}

/** The words for a search that is narrowed. The catalogue has life events in Chinese only; the pages know the usual ones in English. */
export function createNarrowed(home: HomeState): Narrowed {
  const { t, te } = useI18n({ useScope: 'global' })
  const { both, say } = useWords()

  function nameOf(kind: Picked, value: string): Text {
    if (kind === 'audience') return both(`kiosk.filter.audience.${value}`)
    if (kind === 'area') return home.home.value?.areas.find((a) => a.letter === value)?.name ?? { zh: value, en: value }
    const key = `kiosk.filter.events.${value}`
    return kind === 'lifeEvent' && te(key, 'zh') ? both(key) : { zh: value, en: value }
  }

  function narrowedBy(f: Filter): string[] {
    const out: string[] = []
    for (const kind of ['audience', 'lifeEvent', 'area', 'department'] as const) if (f[kind]) out.push(say(nameOf(kind, f[kind])))
    if (f.online) out.push(t('kiosk.filter.online'))
    if (f.runOnce) out.push(t('kiosk.filter.runOnce'))
    return out
  }

  return { narrowedBy, nameOf }
}
