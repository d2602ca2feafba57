import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { evidence, guide, transfer } from './testing/fakeTerminal'
import { presets, useDraft } from './useDraft'

function filled() {
  const ticket = ref('id-1')
  const visit = useDraft(ticket)
  visit.choose(transfer, guide(transfer))
  Object.assign(visit.draft, { applicant: ' 罗庆(样例) ', documentNumber: '99010820000907755X', phone: '10000000000', note: 'n' })
  return { ticket, visit }
}

describe('the draft of a visit', () => {
  it('leaves to shared data what it proves and claims nothing', () => {
    expect(presets(guide(transfer))).toEqual({ 1: '', 2: 'unverified', 3: '', 4: 'unneeded' })
    const may = guide(transfer)
    may.materials[1]!.need = 'maybe'
    expect(presets(may)[2], 'nobody is asked about for what may be needless').toBe('unneeded')
  })

  it.each([['found', 'waived', []], ['not_found', '', [2]], ['mismatch', '', [2]], ['away', 'unverified', []], ['unserved', 'unverified', []]])('has "%s" of shared data as "%s"', (state, tick, open) => {
    const { visit } = filled()
    visit.tick(1, 'received')
    visit.tick(3, 'later')
    visit.learn([evidence(state)])
    expect(visit.draft.ticks[2]).toBe(tick)
    expect(visit.open()).toEqual(open)
  })

  it.each(['applicant', 'documentNumber', 'documentType'] as const)('forgets what was found when the %s is another one', (field) => {
    const { visit } = filled()
    visit.learn([evidence('found')])
    visit.draft[field] = 'passport'
    expect(visit.draft.ticks[2]).toBe('unverified')
    expect(visit.evidence.value).toEqual({})
  })

  it('asks for nothing of which the paper is there', () => {
    const { visit } = filled()
    expect(visit.provable()).toEqual([2])
    for (const had of ['received', 'disputed', 'unneeded']) {
      visit.tick(2, had)
      expect(visit.provable()).toEqual([])
    }
    visit.learn([evidence('not_found')])
    expect(visit.provable()).toEqual([2])
    visit.learn([evidence('found')])
    expect(visit.provable()).toEqual([])
  })

  it('marks the rest as received, without touching what was decided', () => {
    const { visit } = filled()
    visit.tick(3, 'later')
    expect(visit.open()).toEqual([1])
    visit.receiveRest()
    expect(visit.draft.ticks).toEqual({ 1: 'received', 2: 'unverified', 3: 'later', 4: 'unneeded' })
  })

  it('sends what was found, trimmed, without the needless', () => {
    const { visit } = filled()
    visit.receiveRest()
    expect(visit.intake('r1')).toEqual({
      request: 'r1', ticket: 'id-1', item: 'transfer', applicant: '罗庆(样例)', documentType: 'resident_id', documentNumber: '99010820000907755X',
      phone: '10000000000', agent: '', agentNumber: '', representative: '', address: '', note: 'n', materials: [{ no: 1, state: 'received' }, { no: 2, state: 'unverified' }, { no: 3, state: 'received' }], answer: '', reason: '', agency: '',
    })
    Object.assign(visit.draft, { answer: 'not_ours', reason: ' 说明 ', agency: ' 市公安局 ' })
    expect(visit.intake('r2')).toMatchObject({ answer: 'not_ours', reason: '说明', agency: '市公安局' })
    // What was typed for another answer goes nowhere.
    visit.draft.answer = 'receive'
    expect(visit.intake('r3')).toMatchObject({ answer: 'receive', reason: '', agency: '' })
  })

  it.each(['', 'id-2'])('holds nothing of the person when the ticket becomes "%s"', (next) => {
    const { ticket, visit } = filled()
    visit.keep(transfer, { number: 'N1', state: 'accepted', dueDate: '', answerBy: '', missing: [], agency: '', saved: 'here' })
    visit.ended['transfer'] = 'accepted'
    visit.learn([evidence('found')])
    ticket.value = next
    expect(JSON.stringify([visit.draft, visit.taken.value, visit.shown.value, visit.ended, visit.evidence.value])).not.toMatch(/罗庆|99010820|10000000000|N1|accepted|已婚/)
  })

  it('keeps the person and drops the item for another application of the visit', () => {
    const { visit } = filled()
    visit.again()
    expect(visit.draft.applicant).toBe(' 罗庆(样例) ')
    expect([visit.draft.item, visit.draft.note, visit.draft.ticks]).toEqual([null, '', {}])
  })

  it('sends who acts for the person, and a representative of an organisation alone', () => {
    const { visit } = filled()
    Object.assign(visit.draft, { agent: ' 陈一(样例) ', agentNumber: '990108200009077553', address: '样例路1号', representative: '赵二(样例)' })
    expect(visit.intake('r')).toMatchObject({ agent: '陈一(样例)', agentNumber: '990108200009077553', address: '样例路1号', representative: '' })
    visit.draft.documentType = 'credit_code'
    expect(visit.intake('r').representative).toBe('赵二(样例)')
    visit.again()
    expect(visit.draft.agent).toBe(' 陈一(样例) ')
  })
})
