import type { Times } from '../types/intake'
import { useWords } from './useWords'

/** How figures are written: what nothing was seen of has a dash, and no zero that would be taken for one. */
export function useFigures() {
  const { t } = useWords()
  const one = (ms: number): string => (ms / 60_000 >= 10 ? String(Math.round(ms / 60_000)) : (ms / 60_000).toFixed(1))
  return {
    minutes: (ms: number): string => t('figures.minutes', { n: one(ms) }),
    pair: (x: Times): string => (x.n === 0 ? t('figures.none') : t('figures.pair', { a: one(x.p50Ms), b: one(x.p90Ms) })),
    share: (n: number, all: number): string => (all === 0 ? t('figures.none') : `${Math.round((n * 100) / all)}%`),
    bar: (key: string, value: string): string => t('figures.bar', { key, value }),
  }
}
