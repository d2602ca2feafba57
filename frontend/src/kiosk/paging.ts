/** At most six choices a screen: more cannot be taken in at a glance. */
export const choices = 6

export function pagesOf(count: number, size = choices): number {
  return Math.max(1, Math.ceil(count / size))
}

/** The rows of a page, counted from 1; a page that is gone gives the last one. */
export function pageOf<T>(rows: T[], page: number, size = choices): T[] {
  const at = Math.min(Math.max(1, page), pagesOf(rows.length, size))
  return rows.slice((at - 1) * size, at * size)
}
