import { computed, ref, type ComputedRef, type WritableComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { call } from '../bridge'
import type { Guess } from '../types/guide'
import { useAnswer } from './useAnswer'

export interface Typing {
  /** The letters at the end of the text that wait for their characters. */
  waiting: ComputedRef<string>
  /** What they may stand for, the best first. */
  guesses: ComputedRef<Guess[]>
  /** What letters become; undefined for who does not read Chinese. */
  language: ComputedRef<'zh' | 'en' | undefined>
  /** Takes a key on the glass: a letter, a digit, "␣", or "⌫". */
  press(key: string): void
  /** Puts characters in the place of the letters that they take. */
  choose(guess: Guess): void
  /** Turns between characters and plain letters. */
  turn(): void
}

/** The letters at the end of a text; an apostrophe parts syllables. */
export const waitingIn = (text: string): string => /[a-zü][a-zü'’]*$/i.exec(text)?.[0] ?? ''

/** How many letters may wait behind a text: some twenty characters in one go. */
export const lettersMost = 60

/** Writes Chinese into a text of at most so many characters: pinyin letters wait at its end until characters are chosen for them. */
export function useTyping(text: WritableComputedRef<string>, most: number): Typing {
  const { locale } = useI18n({ useScope: 'global' })
  const plain = ref(false)
  const waiting = computed(() => (locale.value === 'en' || plain.value ? '' : waitingIn(text.value)))
  const { value } = useAnswer(
    () => waiting.value,
    async (letters) => ({ letters, guesses: letters === '' ? [] : ((await call<Guess[] | null>('Kiosk.Choices', letters)) ?? []) }),
  )
  /** Until the answer to a new letter is there, those of the old ones stay that are as right as before. */
  const guesses = computed(() => {
    const { letters = '', guesses = [] } = value.value ?? {}
    return guesses.filter((g) => g.letters <= waiting.value.length && waiting.value.startsWith(letters.slice(0, g.letters)))
  })

  function choose(guess: Guess): void {
    const at = text.value.length - waiting.value.length
    text.value = (text.value.slice(0, at) + guess.text + waiting.value.slice(guess.letters).replace(/^['’]+/, '')).slice(0, most)
  }

  function press(key: string): void {
    if (key === '⌫') text.value = text.value.slice(0, -1)
    else if (key === '␣' && guesses.value[0]) choose(guesses.value[0])
    else if (text.value.length - waiting.value.length < most && waiting.value.length < lettersMost) text.value += key === '␣' ? ' ' : key
  }

  return {
    waiting, guesses, press, choose,
    language: computed(() => (locale.value === 'en' ? undefined : plain.value ? 'en' : 'zh')),
    turn: () => { plain.value = !plain.value },
  }
}
