import { nextTick, onScopeDispose, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { call } from '../bridge'
import type { Visit } from './visit'

/** What says things aloud. In a hall it is the terminal: WebKitGTK has no Chinese voice. */
export interface Voice {
  say(text: string, language: string, volume: number, speed: number): void
  hush(): void
}

/** The terminal's own voice. What fails to be said stands on the screen as well, and in no other way. */
export const terminalVoice: Voice = {
  say: (...said) => { call('Kiosk.Say', ...said).catch(() => undefined) },
  hush: () => { call('Kiosk.Hush').catch(() => undefined) },
}

/** Pieces that come within this time belong together: a new screen, its field, its refusal. */
const gatherMs = 60

const clean = (text: string) => text.replace(/\s+/g, ' ').trim()

/** The words of an element as a screen reader takes them, with a pause between blocks. */
export function wordsOf(element: Element): string {
  const label = element.getAttribute('aria-label')
  if (label) return clean(label)
  const parts: string[] = []
  const walk = (node: Node): void => {
    if (node.nodeType === Node.TEXT_NODE) parts.push(node.textContent ?? '')
    if (!(node instanceof Element) || node.getAttribute('aria-hidden') === 'true') return
    if (node instanceof HTMLImageElement) parts.push(node.alt)
    node.childNodes.forEach(walk)
    if (node.matches('p, li, dt, dd, h1, h2, b, .name, .floor, span > span')) parts.push(', ')
  }
  element.childNodes.forEach(walk)
  return clean(parts.join(' ')).replace(/(\s*,)+\s*/g, ', ').replace(/^, |, $/g, '')
}

/**
 * Speaks for who does not see the screen, like a screen reader made for these
 * pages: each screen's question and choices when it opens, whatever the keys come
 * to, and what changes in a region that is meant to be heard, refusals included.
 * A new screen ends what the last one was saying.
 */
export function useSpeech(visit: Visit, main: Ref<HTMLElement | null>, voice: Voice = terminalVoice): void {
  const { t, locale } = useI18n({ useScope: 'global' })
  let pieces: string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The last words of each region, so that a repaint of the same is not said again. */
  const heard = new WeakMap<Element, string>()

  function say(text: string): void {
    if (!visit.comfort.speech || text === '') return
    pieces.push(text)
    clearTimeout(timer)
    timer = setTimeout(speak, gatherMs)
  }

  function speak(): void {
    // An English voice cannot read characters; what is in Chinese only stands on the screen.
    const all = pieces.join('. ')
    const text = locale.value === 'en' ? clean(all.replace(/[\u3400-\u9fff]+/g, '')) : all
    pieces = []
    voice.say(text, locale.value, visit.comfort.volume, visit.comfort.speed)
  }

  function silence(): void {
    clearTimeout(timer)
    if (pieces.length > 0 || visit.comfort.speech) voice.hush()
    pieces = []
  }

  function nameOf(e: HTMLElement): string {
    const name = e instanceof HTMLInputElement ? [e.getAttribute('aria-label'), e.value || e.placeholder].join(', ') : wordsOf(e)
    const on = e.getAttribute('aria-checked') ?? e.getAttribute('aria-selected')
    return on === null ? name : `${name}, ${t(on === 'true' ? 'kiosk.speech.on' : 'kiosk.speech.off')}`
  }

  function screen(): void {
    const at = main.value
    if (!at) return
    say(wordsOf(at.querySelector('h1') ?? at))
    at.querySelectorAll('.hint, [data-say]').forEach((e) => { if (!e.closest('button')) say(wordsOf(e)) })
    const choices = [...at.querySelectorAll('[data-verb], [data-area], [data-item], [data-switch], [data-answer], [data-material], [data-read]')]
    if (choices.length > 0) say(`${t('kiosk.speech.choices', { n: choices.length }, choices.length)} ${choices.map(wordsOf).join('. ')}`)
    say(t('kiosk.speech.how'))
  }

  function focused(event: FocusEvent): void {
    const e = event.target
    // The heading of a screen is said by the screen.
    if (e instanceof HTMLElement && e.matches('button, input, [role="tabpanel"], [role="region"]')) say(nameOf(e))
  }

  function changed(list: MutationRecord[]): void {
    for (const region of new Set(list.map((m) => (m.target instanceof Element ? m.target : m.target.parentElement)?.closest('[role="status"], [role="alert"], [role="alertdialog"]')))) {
      if (!region) continue
      const words = wordsOf(region)
      if (heard.get(region) !== words) say(words)
      heard.set(region, words)
    }
  }

  const regions = new MutationObserver((list) => {
    if (!visit.comfort.speech) return
    changed(list)
    for (const m of list) m.addedNodes.forEach((n) => { if (n instanceof Element && n.matches('[role="alertdialog"]')) say(wordsOf(n)) })
  })
  regions.observe(document.body, { childList: true, subtree: true, characterData: true })
  document.addEventListener('focusin', focused)

  watch([visit.screen, () => visit.comfort.speech, locale], async ([, on], [, before]) => {
    if (!on && !before) return
    silence()
    if (!on) return
    await nextTick()
    screen()
  })
  onScopeDispose(() => {
    silence()
    regions.disconnect()
    document.removeEventListener('focusin', focused)
  })
}
