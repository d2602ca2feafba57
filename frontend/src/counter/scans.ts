import type { TrayFile } from '../types/intake'

/** A place to which a scan belongs: a material by its number, or 0 for the application as a whole. */
export interface ScanPlace {
  no: number
  name: string
}

/** How large a file is, in words that are the same in every language. */
export function sizeOf(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** What a scan is, as it stands on a small card that has no picture. */
export const kindOf = (type: string): string => ({ 'image/jpeg': 'JPEG', 'image/png': 'PNG', 'application/pdf': 'PDF' })[type] ?? '?'

/** How many of the scanner's files are shown: the newest. */
export const trayMost = 6

/** For how long a page counts as just scanned where nobody is at the window. */
export const justMs = 15 * 60_000

/**
 * The file that is meant when nobody has chosen one: the newest that can be attached and is not attached yet, of those
 * that came since a moment. What lay there before is somebody else's until a clerk says otherwise.
 */
export function meant(files: TrayFile[], done: ReadonlySet<string>, sinceMs: number): string {
  return files.find((f) => f.fault === '' && f.atMs >= sinceMs && !done.has(f.mark))?.mark ?? ''
}
