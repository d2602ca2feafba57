/** The longest number is a kiosk's own: letter, kiosk digit, dash, number ("B2-017"), with room to spare. */
const longest = 8

/** A ticket number after one more key; keys that no number has change nothing. */
export function typeInto(text: string, key: string): string {
  if (key === '⌫' || key === 'Backspace') return text.slice(0, -1)
  if (!/^[A-Za-z0-9-]$/.test(key) || text.length >= longest) return text
  return text + key.toUpperCase()
}

/** How many digits check in, and how many a phone number has. */
export const lastDigits = 4
export const phoneDigits = 11

/** Digits after one more key, at most so many; other keys change nothing. */
export function digitInto(text: string, key: string, most: number): string {
  if (key === '⌫' || key === 'Backspace') return text.slice(0, -1)
  return /^\d$/.test(key) && text.length < most ? text + key : text
}
