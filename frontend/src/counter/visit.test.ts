import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createWords } from '../i18n'
import CounterApp from './CounterApp.vue'
import { attached, decided, fakeTerminal, refuse, scans, standing, ticket, tray } from './testing/fakeTerminal'
import { keyboard } from './testing/keyboard'

let terminal: ReturnType<typeof fakeTerminal>
vi.mock('../bridge', async (original) => ({
  ...(await original<object>()),
  call: (method: string, ...args: unknown[]) => terminal.call(method, ...args),
  onChanged: (fn: () => void) => terminal.listen(fn),
}))

async function open() {
  mount(CounterApp, { attachTo: document.body, global: { plugins: [createWords('zh')] } })
  await flushPromises()
  return keyboard()
}
/** What the clerk did; that the draft is kept beside it is its own test. */
const steps = () => terminal.asked.map((a) => a.method).filter((m) => !m.endsWith('Draft'))
const sent = (method: string) => terminal.asked.find((a) => a.method === method)?.args
const pane = () => document.querySelector<HTMLElement>('[data-state]')?.dataset['state']
const alert = () => document.querySelector('[data-alert]')?.textContent

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  localStorage.clear()
  terminal = fakeTerminal()
})
afterEach(() => vi.useRealTimers())

describe('a visit by keyboard alone', () => {
  it('takes nine keys from calling to the end, besides what is typed', async () => {
    terminal.atDesk()
    const keys = await open()
    await keys.press('F2')
    expect(pane()).toBe('called')
    await keys.press('F9')
    expect(pane()).toBe('serving')
    await keys.type('罗庆(样例)')
    await keys.press('Enter')
    await keys.type('99010820000907755X')
    await keys.press('Enter')
    await keys.type('10000000000')
    await keys.press('F7')
    await keys.press('Ctrl+Enter')
    expect(document.querySelector('[data-result]')?.textContent).toContain('20261124-0001')
    await keys.press('F10')
    expect(document.activeElement?.getAttribute('data-act')).toBe('confirm')
    await keys.press('Enter')

    expect(steps()).toEqual(['Next', 'Start', 'Guide', 'TakeIntake', 'Finish'])
    expect(sent('TakeIntake')?.[0]).toMatchObject({
      ticket: 'id-A058', item: 'transfer', applicant: '罗庆(样例)', documentType: 'resident_id', documentNumber: '99010820000907755X',
      phone: '10000000000', materials: [{ no: 1, state: 'received' }, { no: 2, state: 'unverified' }, { no: 3, state: 'received' }],
    })
    expect(sent('Finish')).toEqual([[{ item: 'transfer', outcome: 'accepted' }]])
    expect(keys.commands()).toBeLessThanOrEqual(9)
    expect(pane()).toBe('idle')
    expect(document.body.innerHTML).not.toMatch(/罗庆|99010820000907755X|10000000000/)
  })

  it('signs in and opens the window without a mouse', async () => {
    const keys = await open()
    await keys.type('li')
    await keys.press('Tab')
    await keys.type('246810')
    await keys.press('Enter')
    await keys.type('b7')
    await keys.press('Enter')
    expect(sent('SignIn')).toEqual(['li', '246810'])
    expect(sent('OpenWindow')).toEqual(['B07', ['B']])
    expect(pane()).toBe('idle')
    expect(document.activeElement?.getAttribute('data-act')).toBe('next')
  })

  it('ends a visit for advice with four keys', async () => {
    terminal.atDesk()
    const keys = await open()
    for (const key of ['F2', 'F9', 'F10', '5', 'Enter']) await keys.press(key)
    expect(sent('Finish')).toEqual([[{ item: 'transfer', outcome: 'advice' }]])
    expect(pane()).toBe('idle')
  })
})

describe('the keys of the desk', () => {
  it('do nothing that does not fit the state', async () => {
    terminal.atDesk()
    const keys = await open()
    for (const key of ['F4', 'F8', 'F9', 'F10', 'F6', 'F7', 'Ctrl+Enter', 'Escape', '1']) await keys.press(key)
    expect(steps()).toEqual([])
    await keys.press('F2')
    for (const key of ['F2', 'F10', 'F6']) await keys.press(key)
    expect(steps()).toEqual(['Next'])
  })

  it('do not start a visit by pressing Enter twice after a call', async () => {
    terminal.atDesk()
    const keys = await open()
    await keys.press('Enter')
    await keys.press('Enter')
    expect(steps()).toEqual(['Next'])
    expect(document.activeElement?.id).toBe('at-window')
  })

  it('act once while they are held down', async () => {
    terminal.atDesk()
    const keys = await open()
    await keys.press('F2', { repeat: true })
    expect(steps()).toEqual([])
  })

  it('recall and mark a no-show', async () => {
    terminal.atDesk()
    const keys = await open()
    for (const key of ['F2', 'F4', 'F8']) await keys.press(key)
    expect(steps()).toEqual(['Next', 'Recall', 'NoShow'])
    expect(pane()).toBe('idle')
  })
})

describe('intake', () => {
  async function serving() {
    terminal.atDesk()
    const keys = await open()
    await keys.press('F2')
    await keys.press('F9')
    return keys
  }

  it('fills in the person from the card reader with one key, and says that the card has expired', async () => {
    const page = terminal.atDesk()
    const reader = { terminal: 'c1', kind: 'reader' as const, state: 'ok' as const, sinceMs: 0, next: '' as const }
    terminal.set({ standing: { ...page.standing, devices: [reader] } })
    const keys = await open()
    await keys.press('F2')
    await keys.press('F9')
    terminal.instead.set('ReadCard', () => refuse('reader_failed', { reason: 'no_card' }))
    await keys.press('F11')
    expect(alert()).toContain('把卡放上')
    await keys.press('F11')
    expect(document.querySelector<HTMLInputElement>('#in-applicant')?.value).toBe('罗庆(样例)')
    expect(document.querySelector<HTMLInputElement>('#in-documentNumber')?.value).toBe('99010820000907755X')
    expect(document.body.textContent).toContain('已过有效期')
    expect(document.activeElement?.id).toBe('in-phone')
  })

  it('offers no card reader where there is none', async () => {
    const keys = await serving()
    await keys.press('F11')
    expect(steps()).not.toContain('ReadCard')
    expect(document.querySelector('[data-act="readCard"]')).toBeNull()
  })

  it('shows a wrong check digit as one sentence and puts the cursor there', async () => {
    const keys = await serving()
    await keys.type('罗庆(样例)')
    await keys.press('Enter')
    await keys.type('990108200009077551')
    await keys.press('F7')
    await keys.press('Ctrl+Enter')
    expect(alert()).toContain('校验位不对')
    expect(document.activeElement?.id).toBe('in-documentNumber')
    expect(document.activeElement?.getAttribute('aria-invalid')).toBe('true')
    await keys.press('Escape')
    expect(alert()).toBe('')
    expect(document.querySelector<HTMLInputElement>('#in-applicant')?.value).toBe('罗庆(样例)')
  })

  it('asks about materials that nobody looked at, and sends nothing', async () => {
    const keys = await serving()
    await keys.type('罗庆(样例)')
    await keys.press('Ctrl+Enter')
    expect(steps()).not.toContain('TakeIntake')
    expect(document.activeElement?.closest('[data-material]')?.getAttribute('data-material')).toBe('1')
  })

  it('keeps the draft while panels change', async () => {
    const keys = await serving()
    await keys.type('罗庆(样例)')
    await keys.press('Escape')
    expect(document.querySelector('#in-applicant')).toBeNull()
    await keys.press('F6')
    expect(document.querySelector<HTMLInputElement>('#in-applicant')?.value).toBe('罗庆(样例)')
  })

  it('sends a retry with the same id', async () => {
    const keys = await serving()
    await keys.type('罗庆(样例)')
    await keys.press('Enter')
    await keys.type('99010820000907755X')
    await keys.press('F7')
    terminal.instead.set('TakeIntake', () => refuse('not_saved'))
    await keys.press('Ctrl+Enter')
    await keys.press('Ctrl+Enter')
    const ids = terminal.asked.filter((a) => a.method === 'TakeIntake').map((a) => (a.args[0] as { request: string }).request)
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1])
  })

  it('ends an item as its application stands by now, not as it was taken', async () => {
    terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') })
    terminal.instead.set('TakeIntake', () => ({ number: 'N-1', state: 'correction', dueDate: '', answerBy: '2026-12-15', missing: ['登记申请书'], saved: 'here' }))
    const keys = await open()
    await keys.press('F7')
    await keys.press('Ctrl+Enter')
    terminal.set({ current: { ...ticket('A058', 'serving'), applications: [{ number: 'N-1', code: 'transfer', item: { zh: '存量房转移登记', en: '' }, state: 'accepted', dueDate: '', saved: 'here', absent: [], answerBy: '', agency: '' }] } })
    terminal.changed()
    await flushPromises()
    await keys.press('F10')
    expect(document.querySelector<HTMLInputElement>('[data-row="0"] input:checked')?.value).toBe('accepted')
  })

  it('finds an item by words when the ticket has none', async () => {
    const keys = await serving()
    await keys.click('changeItem')
    await keys.type('查询')
    await vi.waitFor(() => expect(document.querySelector('[data-item="lookup"]')).not.toBeNull())
    await keys.press('Enter')
    expect(document.querySelector('h2')?.textContent).toContain('查询')
  })
})

describe('a queue', () => {
  it('is paused for a reason and a time, and resumed', async () => {
    terminal.atDesk()
    const keys = await open()
    await keys.press('Escape')
    await keys.click('pauseQueue')
    expect(sent('PauseQueue')).toBeUndefined()
    await keys.click('pauseSure')
    expect(sent('PauseQueue')).toEqual(['A', 'system_down', 15])
    expect(document.querySelector('[data-pause="A"]')?.textContent).toContain('10:30：系统故障')
    expect(document.querySelector('[data-paused]')?.textContent).toContain('10:30')
    await keys.click('resumeQueue')
    expect(sent('ResumeQueue')).toEqual(['A'])
    expect(document.querySelector('[data-paused]')).toBeNull()
  })
})

describe('a visit that takes another way', () => {
  it('is parked and goes on, by the keyboard and two choices', async () => {
    terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') })
    const keys = await open()
    await keys.press('F5')
    await keys.click('park')
    expect(sent('Park')).toEqual(['copies', 15])
    expect(pane()).toBe('idle')
    await keys.click('resume')
    expect(sent('Resume')).toEqual(['id-A058'])
    expect(pane()).toBe('serving')
  })

  it('is passed on to another service, and only when it is said where to', async () => {
    terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') })
    const keys = await open()
    await keys.press('F5')
    await keys.click('pass')
    expect(sent('Pass')).toBeUndefined()
    const area = document.querySelector<HTMLSelectElement>('#pass-area')!
    area.value = 'B'
    area.dispatchEvent(new Event('change'))
    await flushPromises()
    await keys.click('pass')
    expect(sent('Pass')).toEqual([{ letter: 'B', window: '', back: false, reason: 'other_area' }])
    expect(pane()).toBe('idle')
  })

  it('is called by its number, with a reason and one id for a retry', async () => {
    terminal.atDesk()
    const keys = await open()
    await keys.press('F5')
    await keys.type('a077')
    await keys.press('Enter')
    expect(sent('CallNumber')).toBeUndefined()
    document.querySelector<HTMLInputElement>('[data-choice="unwell"]')!.click()
    await flushPromises()
    terminal.instead.set('CallNumber', () => refuse('hub_unreachable'))
    await keys.click('number')
    await keys.click('number')
    const asked = terminal.asked.filter((a) => a.method === 'CallNumber').map((a) => a.args)
    expect(asked).toHaveLength(2)
    expect(asked[1]).toEqual([asked[0]![0], 'A077', 'unwell'])
    expect(pane()).toBe('called')
  })
})

describe('scanning', () => {
  it('starts the visit of who stands here, wherever the focus is', async () => {
    terminal.atDesk()
    const keys = await open()
    await keys.scan('OW1:ABCDEFGHIJKLMNOPQRSTUV')
    expect(sent('StartByScan')).toEqual(['OW1:ABCDEFGHIJKLMNOPQRSTUV'])
    expect(pane()).toBe('serving')
  })

  it('can be done by pasting', async () => {
    terminal.atDesk()
    const keys = await open()
    await keys.press('F3')
    await keys.type('OW1:x')
    await keys.press('Enter')
    expect(sent('StartByScan')).toEqual(['OW1:x'])
  })

  it('of a foreign code is refused in words and changes nothing', async () => {
    terminal.atDesk()
    const keys = await open()
    await keys.scan('https://example.invalid/ABC')
    expect(alert()).toContain('二维码')
    expect(pane()).toBe('idle')
  })
})

describe('scans', () => {
  async function serving() {
    terminal.set({ ...terminal.atDesk(), tray: tray() })
    const keys = await open()
    await keys.press('F2')
    await keys.press('F9')
    return keys
  }
  const chosen = () => document.querySelector<HTMLInputElement>('[data-tray] input:checked')?.dataset['file']

  it('attaches the page that has just come to the material at which the clerk is, with one key, and ticks it', async () => {
    const keys = await serving()
    document.querySelector<HTMLInputElement>('[data-material="3"] input')?.focus()
    await flushPromises()
    await keys.press('Ctrl+b')
    expect(sent('AttachDraft')).toEqual(['id-A058', 'transfer', 'scan0003.jpg', 'm3', 3])
    expect(document.querySelector<HTMLInputElement>('[data-material="3"] [data-choice="received"]')?.checked).toBe(true)
    expect(document.querySelector('[data-scan="m3"]')?.textContent).toContain('完税凭证')
    expect(document.activeElement?.closest('[data-material="3"]')).not.toBeNull()
  })

  it('never chooses what lay there before the person came', async () => {
    const keys = await serving()
    await keys.press('Ctrl+b')
    expect(chosen()).toBeUndefined()
    await keys.press('Ctrl+b')
    expect(terminal.asked.filter((a) => a.method === 'AttachDraft')).toHaveLength(1)
    document.querySelector<HTMLInputElement>('[data-file="合同.pdf"]')?.click()
    await keys.press('Ctrl+b')
    expect(terminal.asked.at(-1)?.args.slice(2)).toEqual(['合同.pdf', 'm2', 0])
  })

  it('chooses a page that comes, and keeps what is chosen while nothing does', async () => {
    await serving()
    document.querySelector<HTMLInputElement>('[data-file="合同.pdf"]')?.click()
    terminal.set({ tray: { away: false, files: [...tray().files] } })
    terminal.changed()
    await vi.waitFor(() => expect(chosen()).toBe('合同.pdf'))
    const fresh = { ...tray().files[0]!, name: 'scan0004.jpg', mark: 'm4' }
    terminal.set({ tray: { away: false, files: [fresh, ...tray().files] } })
    terminal.changed()
    await vi.waitFor(() => expect(chosen()).toBe('scan0004.jpg'))
  })

  it('says what to do with a file that is no scan, and what was refused', async () => {
    const keys = await serving()
    document.querySelector<HTMLInputElement>('[data-file="big.pdf"]')?.click()
    await keys.press('Ctrl+b')
    expect(sent('AttachDraft')).toBeUndefined()
    expect(document.querySelector('[data-act="attachScan"]')?.textContent).toContain('降低分辨率')
    document.querySelector<HTMLInputElement>('[data-file="scan0003.jpg"]')?.click()
    terminal.instead.set('AttachDraft', () => refuse('scan_wrong', { why: 'unfinished' }))
    await keys.press('Ctrl+b')
    expect(alert()).toContain('还没有写完')
    terminal.instead.set('AttachDraft', () => refuse('scan_room'))
    await keys.press('Ctrl+b')
    expect(alert()).toContain('空间不足')
  })

  it('shows what waits again after the page began anew, and takes it back', async () => {
    terminal.instead.set('DraftScans', () => [attached({ saved: 'waits' })])
    await serving()
    expect(document.querySelector('[data-scan="s1"]')?.textContent).toContain('随办件保存')
    document.querySelector<HTMLElement>('[data-scan="s1"] button')?.click()
    await vi.waitFor(() => expect(document.querySelector('[data-scan="s1"]')).toBeNull())
    expect(sent('DropDraftScan')).toEqual(['id-A058', 'transfer', 's1'])
  })

  async function inCase(keys: Awaited<ReturnType<typeof open>>) {
    await keys.press('Ctrl+f')
    document.querySelector<HTMLInputElement>('#case')?.focus()
    await keys.type('JN1')
    document.querySelector<HTMLInputElement>('[data-choice="deliver"]')?.click()
    await keys.press('Enter')
  }

  it('attaches to an application that was taken, looks at a scan, and goes back one step at a time', async () => {
    terminal.instead.set('OpenCase', () => ({ ...decided(), scans: scans() }))
    terminal.set({ ...terminal.atDesk(), tray: tray() })
    const keys = await open()
    await inCase(keys)
    await keys.press('Ctrl+b')
    expect(sent('AttachScan')?.slice(1)).toEqual(['JN20261124-C07-0003', 'scan0003.jpg', 'm3', 0])
    expect(document.querySelector('[data-scan="m3"] [data-saved="here"]')).not.toBeNull()
    document.querySelector<HTMLElement>('[data-scan="s1"] button')?.click()
    await vi.waitFor(() => expect(document.querySelector('[data-scan-view] img')).not.toBeNull())
    await keys.press('Escape')
    expect(document.querySelector('[data-scan-view]')).toBeNull()
    expect(document.querySelector('[data-case]')).not.toBeNull()
    await keys.press('Escape')
    expect(document.querySelector('[data-case]')).toBeNull()
  })

  it('lets a person sign with one key where there is a pad, and leaves it to paper where nobody signs', async () => {
    terminal.instead.set('OpenCase', () => decided())
    terminal.set({ ...terminal.atDesk(), standing: { ...standing(), devices: [{ terminal: 'c1', kind: 'signature', state: 'ok', sinceMs: 0, next: '' }] } })
    const keys = await open()
    await inCase(keys)
    terminal.instead.set('SignCase', () => refuse('pad_failed', { reason: 'declined' }))
    await keys.press('Ctrl+e')
    expect(alert()).toContain('在纸上签名')
    await keys.press('Ctrl+e')
    expect(document.querySelector('.sign [role="status"]')?.textContent).toContain('已签名')
    expect(document.querySelector('[data-scan="sig"]')).not.toBeNull()
    await keys.press('Ctrl+Enter')
    expect(sent('StepCase')?.slice(1, 3)).toEqual(['JN20261124-C07-0003', 'hand_out'])
  })

  it('offers neither scanner nor pad where there is none', async () => {
    terminal.instead.set('OpenCase', () => decided())
    terminal.atDesk()
    const keys = await open()
    await inCase(keys)
    await keys.press('Ctrl+b')
    await keys.press('Ctrl+e')
    expect(document.querySelector('[data-tray], [data-act="signCase"]')).toBeNull()
    expect(steps()).toEqual(['DueCases', 'OpenCase'])
  })
})
