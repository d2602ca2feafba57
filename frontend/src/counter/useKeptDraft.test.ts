import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, type EffectScope } from 'vue'
import { guide, lookup, transfer } from './testing/fakeTerminal'
import { useDraft } from './useDraft'
import { useKeptDraft } from './useKeptDraft'

/** What the program has of each visit, and what it is asked; `hold` lets it answer late. */
let kept: Record<string, string>
let asked: string[]
let hold: Promise<void> | null
vi.mock('../bridge', async (original) => ({
  ...(await original<object>()),
  call: async (method: string, ...args: string[]) => {
    asked.push(method)
    await hold
    if (method === 'Counter.KeepDraft') kept[args[1] ?? ''] = args[2] ?? ''
    if (method === 'Counter.Draft') return kept[args[1] ?? ''] ?? ''
    if (method === 'Counter.Guide') return guide(args[0] === 'transfer' ? transfer : lookup)
    return undefined
  },
}))

let scope: EffectScope
function desk(at: string, done: string[] = []) {
  const ticket = ref(at)
  const serving = ref(true)
  scope = effectScope()
  return scope.run(() => {
    const visit = useDraft(ticket)
    useKeptDraft(visit, serving, () => done)
    return { ticket, serving, visit }
  })!
}

beforeEach(() => {
  kept = {}
  asked = []
  hold = null
})

describe('a draft that is kept', () => {
  it('is there again after the program died in the middle of a word', async () => {
    const { visit } = desk('t1')
    await flushPromises()
    visit.choose(transfer, guide(transfer))
    visit.tick(1, 'missing')
    for (const text of ['罗', '罗庆', '罗庆(样']) {
      visit.draft.applicant = text
      await nextTick()
    }
    await flushPromises()
    scope.stop()
    const again = desk('t1').visit
    expect(again.ready.value).toBe(false)
    await flushPromises()
    expect(again.ready.value).toBe(true)
    expect(again.draft.applicant).toBe('罗庆(样')
    expect(again.draft.item?.code).toBe('transfer')
    expect(again.draft.ticks).toEqual({ 1: 'missing', 2: 'unverified', 3: '', 4: 'unneeded' })
  })

  it('never waits: while one state is being kept only the newest follows', async () => {
    const { visit } = desk('t1')
    await flushPromises()
    let go = () => undefined as void
    hold = new Promise((done) => { go = () => done() })
    for (const text of ['a', 'ab', 'abc', 'abcd']) {
      visit.draft.applicant = text
      await nextTick()
    }
    expect(asked.filter((m) => m === 'Counter.KeepDraft')).toHaveLength(1)
    go()
    await flushPromises()
    expect(asked.filter((m) => m === 'Counter.KeepDraft')).toHaveLength(2)
    expect(kept['t1']).toContain('"abcd"')
  })

  it('stays with its own visit', async () => {
    const { ticket, visit } = desk('t1')
    await flushPromises()
    visit.draft.applicant = '罗庆(样例)'
    await flushPromises()
    ticket.value = 't2'
    await flushPromises()
    expect(visit.draft.applicant).toBe('')
    expect(kept['t2'] ?? '').not.toContain('罗庆')
    expect(kept['t1']).toContain('罗庆')
  })

  it('is there again after its person stepped away', async () => {
    const { ticket, serving, visit } = desk('t1')
    await flushPromises()
    visit.draft.applicant = '罗庆(样例)'
    await flushPromises()
    ticket.value = ''
    serving.value = false
    await flushPromises()
    ticket.value = 't1'
    serving.value = true
    await flushPromises()
    expect(visit.draft.applicant).toBe('罗庆(样例)')
    expect(kept['t1']).toContain('罗庆')
  })

  it('of an application that is taken is only the person, also when the answer never came', async () => {
    const { visit } = desk('t1')
    await flushPromises()
    visit.choose(transfer, guide(transfer))
    Object.assign(visit.draft, { applicant: '罗庆(样例)', note: 'n' })
    visit.tick(1, 'received')
    await flushPromises()
    const died = kept['t1'] ?? ''
    visit.keep(transfer, { number: 'N1', state: 'accepted', dueDate: '', answerBy: '', missing: [], agency: '', saved: 'here' })
    await flushPromises()
    for (const text of [kept['t1'] ?? '', died]) {
      scope.stop()
      kept['t1'] = text
      const again = desk('t1', ['transfer']).visit
      await flushPromises()
      expect([again.draft.applicant, again.draft.item, again.draft.ticks, again.draft.note]).toEqual(['罗庆(样例)', null, {}, ''])
    }
  })

  it('keeps nothing while nobody is served', async () => {
    const { ticket, visit } = desk('t1')
    await flushPromises()
    ticket.value = ''
    visit.draft.note = 'x'
    await flushPromises()
    expect(asked).not.toContain('Counter.KeepDraft')
  })
})
