import type { Guess } from '../../types/guide'

/** The keys of each row; "12" leads to the digits, "AB" back, "中" and "英" tell what letters become. */
export function keyRows(digits: boolean, language?: 'zh' | 'en'): string[][] {
  const turn = language === undefined ? [] : [language === 'zh' ? '中' : '英']
  return digits
    ? [[...'1234567890'], [...(language === 'zh' ? '，。？' : ',.?'), '-', '⌫'], ['AB', ...turn, '␣']]
    : [[...'QWERTYUIOP'], [...'ASDFGHJKL', '⌫'], ['12', ...turn, ...'ZXCVBNM', '␣']]
}

/** The room of a row in pixels: its width without the key for more, a character, a gap, the least key and what a key has beside its characters. */
export interface Room {
  width: number
  char: number
  gap: number
  least: number
  pad: number
}

/** More are not taken in at a glance; they are as many as input methods show. */
const most = 9

/** The guesses of a page that begins at one; at least one, however long. */
export function pageFrom(guesses: Guess[], from: number, room: Room | null): Guess[] {
  const rest = guesses.slice(from, from + most)
  if (room === null) return rest
  let used = 0
  const end = rest.findIndex((g) => {
    used += Math.max(room.least, g.text.length * room.char + room.pad) + room.gap
    return used - room.gap > room.width
  })
  return end < 0 ? rest : rest.slice(0, Math.max(1, end))
}
