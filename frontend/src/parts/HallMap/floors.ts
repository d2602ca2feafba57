import type { Area } from '../../types/common'

/**
 * The floors of a hall with the areas on each, the top one first, as in a building. The
 * floor of this machine is among them though nothing else is.
 */
export function floorsOf(areas: Area[], here: number): { n: number; areas: Area[] }[] {
  const there = areas.filter((a) => a.windows > 0)
  return [...new Set([here, ...there.map((a) => a.floor)])].sort((a, b) => b - a)
    .map((n) => ({ n, areas: there.filter((a) => a.floor === n) }))
}
