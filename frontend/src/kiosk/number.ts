/** The longest number is a kiosk's own: letter, kiosk digit, dash, number ("B2-017"), with room to spare. */
const longest = 8

/** A ticket number after one more key; keys that no number has change nothing. */
export function typeInto(text: string, key: string): string {
  if (key === '⌫' || key === 'Backspace') return text.slice(0, -1)
  if (!/^[A-Za-z0-9-]$/.test(key) || text.length >= longest) return text
  return text + key.toUpperCase()
}
