import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { createWords, languages } from '../i18n'
import { expectAccessible } from '../testing/axe'
import PartsGallery from './PartsGallery.vue'
import { parts } from './parts'

const tests = Object.keys(import.meta.glob('../parts/*/*.test.ts'))

describe('each part', () => {
  it.each(parts.map((p) => p.name))('%s has examples and a test in its folder', (name) => {
    const part = parts.find((p) => p.name === name)!
    expect(part.examples?.((zh) => zh).length, 'examples').toBeGreaterThan(0)
    expect(tests).toContain(`../parts/${name}/${name}.test.ts`)
  })
})

describe.each(languages)('the gallery in %s', (language) => {
  it('shows every example, worded and usable without sight', async () => {
    const missing: string[] = []
    const words = createWords(language)
    words.global.setMissingHandler((_, key) => { missing.push(key) })
    const page = mount(PartsGallery, { attachTo: document.body, global: { plugins: [words] } })
    const wanted = parts.reduce((sum, p) => sum + (p.examples?.((zh) => zh).length ?? 0), 0)
    expect(wanted).toBeGreaterThan(40)
    expect(page.findAll('.example').length).toBe(wanted)
    for (const example of page.findAll('.example')) await expectAccessible(example.element)
    // A key that nobody knows is answered in general words, and that is what the example shows.
    expect(missing.filter((key) => !key.startsWith('refusal.unheard_of'))).toEqual([])
  }, 60_000) // some eighty examples, each looked at by axe
})
