import { flushPromises } from '@vue/test-utils'
import { vi } from 'vitest'

/**
 * A keyboard for tests: keys go where the focus is and do there what a browser
 * does with them, unless the page stops them. It counts commands, not letters.
 */
export function keyboard() {
  let atMs = 100_000
  let commands = 0

  function down(name: string, afterMs: number, init: KeyboardEventInit = {}): boolean {
    atMs += afterMs
    const ctrlKey = name.startsWith('Ctrl+')
    const target = document.activeElement ?? document.body
    const event = new KeyboardEvent('keydown', { key: name.replace('Ctrl+', ''), ctrlKey, bubbles: true, cancelable: true, ...init })
    Object.defineProperty(event, 'timeStamp', { value: atMs })
    return target.dispatchEvent(event)
  }

  /** Moves the focus as Tab does: a group of radios is one stop. */
  function tab(): void {
    const all = [...document.querySelectorAll<HTMLElement>('a[href], button, input, textarea, select, [tabindex="0"]')]
      .filter((el) => el.tabIndex >= 0 && !(el instanceof HTMLInputElement && el.type === 'radio' && !stopOf(el)))
    const at = all.indexOf(document.activeElement as HTMLElement)
    all[(at + 1) % all.length]?.focus()
  }

  function stopOf(radio: HTMLInputElement): boolean {
    const group = [...document.querySelectorAll<HTMLInputElement>(`input[type=radio][name="${radio.name}"]`)]
    return radio === (group.find((r) => r.checked) ?? group[0])
  }

  function enter(target: Element | null): void {
    if (target instanceof HTMLButtonElement) target.click()
    else if (target instanceof HTMLInputElement) target.form?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  }

  return {
    commands: () => commands,
    async press(name: string, init: KeyboardEventInit = {}): Promise<void> {
      commands++
      const passed = down(name, 200, init)
      if (passed && name === 'Tab') tab()
      if (passed && name === 'Enter') enter(document.activeElement)
      // A single letter is a command only once it is sure that no scan begins with it.
      if (!passed && name.length === 1) await vi.advanceTimersByTimeAsync(100)
      await flushPromises()
      await flushPromises()
    },
    async type(text: string): Promise<void> {
      const field = document.activeElement
      if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) throw new Error('no field has the focus')
      for (const letter of text) {
        if (!down(letter, 120)) continue
        field.value += letter
        field.dispatchEvent(new Event('input', { bubbles: true }))
      }
      await flushPromises()
    },
    async scan(text: string): Promise<void> {
      for (const letter of text) down(letter, 5)
      down('Enter', 5)
      await flushPromises()
    },
    async click(act: string): Promise<void> {
      document.querySelector<HTMLElement>(`[data-act="${act}"]`)?.click()
      await flushPromises()
    },
  }
}
