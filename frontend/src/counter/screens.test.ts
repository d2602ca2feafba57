import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createWords, languages, type Language } from '../i18n'
import { expectAccessible } from '../testing/axe'
import type { CounterPage } from '../types/counter'
import CounterApp from './CounterApp.vue'
import { emptyDisclosure } from './desk'
import { application, area, evidence, decided, dueCases, before, disclosure, fakeTerminal, followed, lookup, refuse, scans, standing, ticket, transfer, tray, unverified, amending, amendment, fee, slipped, figureRow, hallNow, ownDay } from './testing/fakeTerminal'

let terminal: ReturnType<typeof fakeTerminal>
vi.mock('../bridge', async (original) => ({
  ...(await original<object>()),
  call: (method: string, ...args: unknown[]) => terminal.call(method, ...args),
  onChanged: (fn: () => void) => terminal.listen(fn),
}))

const missing: string[] = []

async function open(language: Language): Promise<VueWrapper> {
  const words = createWords(language)
  words.global.setMissingHandler((_, key) => { missing.push(key) })
  const app = mount(CounterApp, { attachTo: document.body, global: { plugins: [words] } })
  await flushPromises()
  await flushPromises()
  return app
}

/** What the clerk did; that forms are kept beside it is its own test. */
const did = () => terminal.asked.filter((a) => !a.method.endsWith('Draft'))

beforeEach(() => {
  missing.length = 0
  localStorage.clear()
  terminal = fakeTerminal()
})

const press = async (key: string, ctrlKey = false) => {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, cancelable: true }))
  await flushPromises()
}
const openCase = async (app: VueWrapper) => {
  await press('f', true)
  await app.find('#case').setValue('jn20261124-c07-0003')
  await app.find('[data-choice="supply"]').setValue()
  await app.find('form.look').trigger('submit')
  await flushPromises()
}
const openFollow = async (app: VueWrapper, ticket: string) => {
  await app.find('[data-panel="follow"]').trigger('click')
  await flushPromises()
  await app.find(`[data-follow="${ticket}"] button`).trigger('click')
  await flushPromises()
}
const openDisclosure = async (app: VueWrapper) => {
  await press('g', true)
  await app.find('#disclosure').setValue('jn20261124-c07-g0003')
  await app.find('[data-choice="handle"]').setValue()
  await app.find('form.look').trigger('submit')
  await flushPromises()
}
/** Types a request of one person and waits until it was looked for. */
const write = async (app: VueWrapper) => {
  await press('g', true)
  await press('Enter', true)
  vi.useFakeTimers()
  for (const [field, text] of [['agency', '江南区财政局'], ['name', '罗庆(样例)'], ['documentNumber', '99010820000907755X'], ['phone', '10000000000'], ['asked', '桂花路2016年补偿方案']]) await app.find(`#disclosure-${field}`).setValue(text)
  vi.advanceTimersByTime(600)
  vi.useRealTimers()
  await flushPromises()
}
const alone = (): CounterPage['standing'] => ({ ...standing(), line: 'alone', hereOnly: 14, clockOff: true, disk: 'low', printer: 'paper_out' })

const withPad = (): CounterPage['standing'] => ({ ...standing(), devices: [{ terminal: 'c1', kind: 'signature', state: 'ok', sinceMs: 0, next: '' }] })

/** Every screen of the counter: how one gets there, and what must be on it. */
const screens: [name: string, arrange: () => unknown, act: (app: VueWrapper) => Promise<unknown> | undefined, mark: string][] = [
  ['sign-in', () => undefined, () => undefined, '#pin'],
  ['sign-in with a PIN too short', () => undefined, (app) => app.find('form').trigger('submit'), '#sign-fault'],
  ['choice of the window', () => terminal.set({ clerk: 'li', clerkName: '李(样例)' }), () => undefined, '[data-window="B07"]'],
  ['idle', () => terminal.atDesk(), () => undefined, '[data-act="next"]'],
  ['called, and checked at the kiosk', () => terminal.set({ ...terminal.atDesk(), current: { ...ticket(), items: [transfer, lookup], checked: [{ code: 'transfer', lacks: ['登记申请书', '完税凭证'], stale: false }, { code: 'lookup', lacks: [], stale: true }] } }), () => undefined, '[data-checked="2"]'],
  ['idle with conflicts', () => terminal.set({ ...terminal.atDesk(), conflicts: [
    { number: 'A044', kind: 'double_service', windows: ['A01', 'A03'] }, { number: 'A2-009', kind: 'called_and_served', windows: ['A01', 'B02'] }, { number: 'A1', kind: 'of_the_future', windows: [] }] }), () => undefined, '[data-conflicts]'],
  ['cut off from the hall', () => terminal.set({ ...terminal.atDesk(), standing: alone() }), () => undefined, '[data-act="toScan"]'],
  ['cut off from the centre', () => terminal.set({ ...terminal.atDesk(), standing: { ...standing(), line: 'hall', hallOnly: 211, disk: 'full' } }), () => undefined, '[data-banner]'],
  ['idle with a call for help', () => terminal.set({ ...terminal.atDesk(), helps: [{ terminal: 'k1', atMs: Date.now() - 180_000, clerk: '' }, { terminal: 'k2', atMs: Date.now(), clerk: '王(样例)' }] }), () => undefined, '[data-help="k1"] [data-act="goHelp"]'],
  ['sign-in with a call for help', () => terminal.set({ helps: [{ terminal: 'k1', atMs: Date.now(), clerk: '' }] }), () => undefined, '[data-help="k1"]'],
  ['notices', () => terminal.set({ ...terminal.atDesk(), notices: [{ id: 'n1', zh: '电梯检修，请走楼梯', en: 'The lift is being repaired', until: '11:30', clerk: '王(样例)' }, { id: 'n2', zh: '系统正在恢复', en: '', until: '', clerk: '李(样例)' }] }), (app) => app.find('[data-panel="notice"]').trigger('click'), '[data-notice] [data-act="endNotice"]'],
  ['bad ratings', () => terminal.set({ ...terminal.atDesk(), followUps: 2, followUpsOverdue: 1 }), (app) => app.find('[data-panel="follow"]').trigger('click'), '[data-follow="id-A021"].overdue'],
  ['no bad ratings, told last', () => { terminal.instead.set('FollowUps', () => ({ rows: null, open: 0, overdue: 0, alone: true })); terminal.atDesk() }, (app) => app.find('[data-panel="follow"]').trigger('click'), '.follow .none'],
  ['bad ratings without the hall', () => { terminal.instead.set('FollowUps', () => refuse('hub_unreachable')); terminal.atDesk() }, (app) => app.find('[data-panel="follow"]').trigger('click'), '.refused'],
  ['a bad rating to look into', () => terminal.atDesk(), (app) => openFollow(app, 'id-A021'), '[data-act="answerFollowUp"]'],
  ['a bad rating without a word', () => terminal.atDesk(), async (app) => { await openFollow(app, 'id-A021'); await press('Enter', true) }, '#follow-note[aria-invalid="true"]'],
  ['a bad rating of which the words are destroyed', () => { terminal.instead.set('OpenFollowUp', () => followed({ erased: true })); terminal.atDesk() }, (app) => openFollow(app, 'id-A021'), '[data-erased]'],
  ['a bad rating that was answered', () => terminal.atDesk(), async (app) => { await openFollow(app, 'id-A021'); await app.find('#follow-note').setValue('已电话回访'); await press('Enter', true) }, '[data-state="answered"]'],
  ['an answer to check', () => terminal.atDesk(), (app) => openFollow(app, 'id-A022'), '[data-act="passFollowUp"]'],
  ['an answer that goes back', () => terminal.atDesk(), async (app) => { await openFollow(app, 'id-A022'); await app.find('#follow-note').setValue('请写明结果'); await app.find('[data-act="sendBack"]').trigger('click') }, '[data-state="returned"]'],
  ['an answer that passes', () => terminal.atDesk(), async (app) => { await openFollow(app, 'id-A022'); await press('Enter', true) }, '[data-state="checked"]'],
  ['the own day', () => terminal.atDesk(), () => press('m', true), '[data-own] svg'],
  ['an intake for somebody who acts for a company', async () => { terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') }) }, async (app) => { await flushPromises(); await app.find('#in-applicant').setValue('样例公司'); await app.find('[name="document"][value="credit_code"]').setValue(); await app.find('[data-act="more"]').trigger('click'); await flushPromises() }, '#in-agentNumber'],
  ['a window that is about to be paused', () => { terminal.atDesk() }, () => press('l', true), '[data-act="stepAway"]'],
  ['a window whose clerk eats and is late', () => { terminal.atDesk(); terminal.set({ away: { why: 'meal', sinceMs: Date.now() - 7_200_000, untilMs: Date.now() - 600_000 } }) }, () => undefined, '[data-state="away"]'],
  ['a window whose clerk works behind it', () => { terminal.atDesk(); terminal.set({ away: { why: 'back_office', sinceMs: Date.now(), untilMs: 0 } }) }, () => undefined, '[data-act="reopen"]'],
  ['an own day with nothing in it', () => { terminal.instead.set('OwnDay', () => ({ ...ownDay(), whole: figureRow(), hours: null, visits: null })); terminal.atDesk() }, () => press('m', true), '[data-own-fact="service"]'],
  ['the hall, for a supervisor', () => terminal.set({ ...terminal.atDesk(), supervisor: true }), () => press('h', true), '[data-advice] li'],
  ['the hall, a queue and a window chosen', () => terminal.set({ ...terminal.atDesk(), supervisor: true }), async (app) => { await press('h', true); await app.find('[data-queue="A"] button').trigger('click'); await app.find('[data-at="B02"]').trigger('click') }, '[data-pause="A"]'],
  ['the hall, quiet and cut off', () => { terminal.instead.set('HallNow', () => hallNow({ advice: [], reasons: [], hours: [], carried: [] })); terminal.set({ ...terminal.atDesk(), supervisor: true, standing: { ...standing(), line: 'alone' } }) }, () => press('h', true), '.hall .warn'],
  ['the hall, a ticket to withdraw without a number', () => terminal.set({ ...terminal.atDesk(), supervisor: true }), async (app) => { await press('h', true); await app.find('form.withdraw').trigger('submit') }, '#withdraw-fault'],
  ['the hall, without a window', () => terminal.set({ clerk: 'li', clerkName: '李(样例)', supervisor: true }), () => press('h', true), '[data-act="leaveHall"]'],
  ['by number', () => terminal.atDesk(), (app) => app.find('[data-panel="number"]').trigger('click'), '#number'],
  ['withdraw by number', () => terminal.atDesk(), async (app) => { await app.find('[data-panel="number"]').trigger('click'); await app.find('[data-choice="withdraw"]').setValue() }, '[data-choice="system_down"]'],
  ['an application by number', () => terminal.atDesk(), () => press('f', true), '#case'],
  ['an application without a number', () => terminal.atDesk(), async (app) => { await press('f', true); await app.find('[data-act="openCase"]').trigger('click') }, '[aria-invalid="true"]'],
  ['an application to be completed', () => terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') }), (app) => openCase(app), '[data-case] [data-brought="3"]'],
  ['an application, cut off and disputed', () => { terminal.instead.set('OpenCase', () => ({ ...application('accepted_later'), alone: true, disputed: true })); terminal.atDesk() }, (app) => openCase(app), '[data-case] .warn'],
  ['an application whose notice was printed', () => terminal.atDesk(), async (app) => { await openCase(app); await press('F7') }, '.print p[role="status"]'],
  ['an application scanned from its document', () => terminal.atDesk(), async (app) => { await app.find('#code').setValue('OWC:JN20261124-C07-0003'); await app.find('form.scan').trigger('submit'); await flushPromises(); await app.find('[data-choice="ask"]').setValue(); await app.find('form.look').trigger('submit') }, '[data-case]'],
  ['an application without a purpose', () => terminal.atDesk(), async (app) => { await press('f', true); await app.find('#case').setValue('JN1'); await app.find('form.look').trigger('submit') }, '[data-fault="purpose"]'],
  ['withdrawn by number', () => { terminal.atDesk() }, async (app) => { await app.find('[data-panel="number"]').trigger('click'); await app.find('#number').setValue('A017'); await app.find('[data-choice="withdraw"]').setValue(); await app.find('[data-choice="system_down"]').setValue(); await app.find('form.number').trigger('submit') }, '.told'],
  ['a visit whose application was taken back', () => terminal.set({ ...terminal.atDesk(), current: { ...ticket('A058', 'serving'), applications: ['withdrawn', 'lapsed', 'revoked'].map((state, n) => ({ number: `N-${n}`, code: `c${n}`, item: transfer.name, state, dueDate: '', saved: 'here' as const, absent: [], answerBy: '', agency: '' })) } }), () => undefined, '[data-material="1"]'],
  ['what is due', () => { terminal.instead.set('DueCases', () => [...dueCases, ...Array.from({ length: 9 }, (_, n) => ({ ...dueCases[2]!, number: `JN-${n}` }))]); terminal.atDesk() }, () => press('f', true), '[data-due-case] .over'],
  ['what is due, cut off', () => { terminal.instead.set('DueCases', () => refuse('hub_unreachable')); terminal.atDesk() }, () => press('f', true), '[data-due] [role="status"]'],
  ...['granted', 'denied', 'returned', 'passed_on'].map((state): (typeof screens)[number] => [`an application that is ${state}`, () => { terminal.instead.set('OpenCase', () => decided(state, { reason: '界址不清', agency: '市公安局' })); terminal.atDesk() }, (app) => openCase(app), '[data-act="stepCase"]']),
  ...['suspended', 'handed_out', 'archived', 'refused', 'not_ours'].map((state): (typeof screens)[number] => [`an application that is ${state}`, () => { terminal.instead.set('OpenCase', () => decided(state, { may: [], what: state === 'suspended' ? 'decide' : '', known: false, ...(state === 'refused' || state === 'not_ours' ? { steps: [{ kind: 'declined', outcome: state, procedure: '', day: '2026-11-24', days: 0 }, { kind: 'deemed', outcome: '', procedure: '', day: '2026-11-24', days: 0 }] } : {}) })); terminal.atDesk() }, (app) => openCase(app), '[data-act="anotherCase"]']),
  ['an application to be answered', () => { terminal.instead.set('OpenCase', () => decided('received', { may: ['accept', 'refuse', 'not_ours'], what: 'accept', left: 0 })); terminal.atDesk() }, async (app) => { await openCase(app); await app.find('[data-choice="not_ours"]').setValue(); await press('Enter', true) }, '#step-agency[aria-invalid="true"]'],
  ['an application to be corrected', () => { terminal.instead.set('OpenCase', () => decided('received', { may: ['accept', 'correct'], what: 'accept', known: false })); terminal.atDesk() }, async (app) => { await openCase(app); await app.find('[data-choice="correct"]').setValue(); await press('Enter', true) }, '[data-lacks="1"]'],
  ['an application that is handed out', () => { terminal.instead.set('OpenCase', () => decided()); terminal.atDesk() }, async (app) => { await openCase(app); await press('Enter', true) }, '[data-case-done].handed_out'],
  ['an intake that is another agency’s', () => terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') }), (app) => app.find('.answer [data-choice="not_ours"]').setValue(), '#answer-agency'],
  ['an application that lapsed', () => { terminal.instead.set('OpenCase', () => application('lapsed')); terminal.atDesk() }, (app) => openCase(app), '[data-act="anotherCase"]'],
  ['an application that is whole now', () => terminal.atDesk(), async (app) => { await openCase(app); await app.find('[data-brought="2"]').setValue(true); await app.find('[data-brought="3"]').setValue(true); await app.find('[data-act="supplyCase"]').trigger('click') }, '[data-case-done].accepted'],
  ['an application that is taken back', () => terminal.atDesk(), async (app) => { await openCase(app); await app.find('[data-act="withdrawCase"]').trigger('click'); await app.find('[data-act="withdrawSure"]').trigger('click') }, '[data-case-done].withdrawn'],
  ['requests for information', () => terminal.atDesk(), () => press('g', true), '[data-disclosures] .late'],
  ['no requests, cut off', () => { terminal.instead.set('ListDisclosures', () => ({ alone: true, rows: null })); terminal.atDesk() }, () => press('g', true), '.list .warn'],
  ['a request scanned from its document', () => terminal.atDesk(), async (app) => { await app.find('#code').setValue('OWC:JN20261124-C07-G0003'); await app.find('form.scan').trigger('submit'); await flushPromises(); await app.find('[data-choice="answer"]').setValue(); await app.find('form.look').trigger('submit') }, '[data-disclosure="JN20261124-C07-G0003"]'],
  ['a request without a purpose', () => terminal.atDesk(), async (app) => { await press('g', true); await app.find('[data-row="JN20261124-C07-G0004"] button').trigger('click') }, '[data-fault="purpose"]'],
  ['a new request, with what was asked before', () => terminal.atDesk(), write, '[data-repeat="JN20261103-C07-G0001"]'],
  ['a new request, spoken', () => terminal.atDesk(), async (app) => { await press('g', true); await press('Enter', true); await app.find('[data-oral]').setValue(true) }, '[data-read-back]'],
  ['a new request of a company, by post', () => terminal.atDesk(), async (app) => { await press('g', true); await press('Enter', true); await app.find('[data-choice="business"]').setValue(); await app.find('[name="disclosure-channel"][value="post"]').setValue() }, '#disclosure-day'],
  ['a new request, cut off and unreadable', () => { terminal.instead.set('LookBefore', () => before({ alone: true, repeats: null, month: 1 })); terminal.atDesk() }, write, '[data-before] .warn'],
  ['a new request that lacks something', () => terminal.atDesk(), async () => { await press('g', true); await press('Enter', true); await press('Enter', true) }, '#disclosure-asked[aria-invalid="true"]'],
  ['a request that was taken', () => terminal.atDesk(), async (app) => { await write(app); await press('Enter', true) }, '[data-fresh="taken"] [data-fact="asked"]'],
  ['a request in hand', () => terminal.atDesk(), async (app) => { await openDisclosure(app); await app.find('[name="disclosure-step"][value="charged"]').setValue() }, '[data-disclosure] [name="disclosure-basis"]'],
  ['a request to be answered', () => terminal.atDesk(), async (app) => { await openDisclosure(app); await app.find('[name="disclosure-step"][value="answered"]').setValue(); await app.find('[name="disclosure-group"][value="refused"]').setValue() }, '[name="disclosure-outcome"]'],
  ['a request nobody chose a step for', () => terminal.atDesk(), async (app) => { await openDisclosure(app); await press('Enter', true) }, '.step [data-fault]'],
  ['a request with a consultation to choose', () => terminal.atDesk(), async (app) => { await openDisclosure(app); await app.find('[name="disclosure-step"][value="consulted"]').setValue() }, '[name="disclosure-whom"]'],
  ['a request that waits for a correction, printed', () => { terminal.instead.set('OpenDisclosure', () => disclosure('correcting', { alone: true, disputed: true })); terminal.atDesk() }, async (app) => { await openDisclosure(app); await press('F7') }, '[data-printed]'],
  ['a request while others are heard', () => { terminal.instead.set('OpenDisclosure', () => disclosure('consulting')); terminal.atDesk() }, (app) => openDisclosure(app), '[value="heard"]'],
  ['a request that waits for its fee', () => { terminal.instead.set('OpenDisclosure', () => disclosure('charged', { late: true })); terminal.atDesk() }, (app) => openDisclosure(app), '[value="paid"]'],
  ['a request that was answered', () => { terminal.instead.set('OpenDisclosure', () => disclosure('answered')); terminal.atDesk() }, (app) => openDisclosure(app), '[data-fact="earlier"]'],
  ['intake with a scanner', () => terminal.set({ ...terminal.atDesk(), tray: tray(), current: ticket('A058', 'serving') }), () => undefined, '[data-tray] [data-file="scan0003.jpg"]:checked'],
  ['intake with a scan that waits', () => terminal.set({ ...terminal.atDesk(), tray: tray(), current: ticket('A058', 'serving') }), () => press('b', true), '[data-scan="m3"] [data-act="dropScan"]'],
  ['intake with a file that is no scan', () => terminal.set({ ...terminal.atDesk(), tray: tray(), current: ticket('A058', 'serving') }), (app) => app.find('[data-file="film.tif"]').setValue(), '[data-act="attachScan"][aria-disabled="true"]'],
  ['intake with nothing from the scanner', () => terminal.set({ ...terminal.atDesk(), tray: { away: false, files: [] }, current: ticket('A058', 'serving') }), () => undefined, '[data-tray] p'],
  ['intake without the scanner’s folder', () => terminal.set({ ...terminal.atDesk(), tray: { away: true, files: [] }, current: ticket('A058', 'serving') }), () => undefined, '[data-tray] .warn'],
  ['an application with scans', () => { terminal.instead.set('OpenCase', () => ({ ...application(), scans: scans() })); terminal.set({ ...terminal.atDesk(), tray: tray() }) }, (app) => openCase(app), '[data-case] [data-scan="s1"] [data-act="lookScan"]'],
  ['a scan that is looked at', () => { terminal.instead.set('OpenCase', () => ({ ...application(), scans: scans() })); terminal.atDesk() }, async (app) => { await openCase(app); await app.find('[data-scan="s1"] button').trigger('click') }, '[data-scan-view] img'],
  ['a scan that cannot be drawn', () => { terminal.instead.set('OpenCase', () => ({ ...application(), scans: scans() })); terminal.atDesk() }, async (app) => { await openCase(app); await app.find('[data-scan="s3"] button').trigger('click') }, '[data-scan-view] p'],
  ['a decision to be signed for', () => { terminal.instead.set('OpenCase', () => decided()); terminal.set({ ...terminal.atDesk(), standing: withPad() }) }, (app) => openCase(app), '[data-act="signCase"]'],
  ['a decision that is signed for', () => { terminal.instead.set('OpenCase', () => decided()); terminal.set({ ...terminal.atDesk(), standing: withPad() }) }, async (app) => { await openCase(app); await press('e', true) }, '.sign .ok'],
  ['a decision that nobody signed', () => { terminal.instead.set('OpenCase', () => decided()); terminal.instead.set('SignCase', () => refuse('pad_failed', { reason: 'declined' })); terminal.set({ ...terminal.atDesk(), standing: withPad() }) }, async (app) => { await openCase(app); await press('e', true) }, '.refused'],
  ['away or elsewhere', () => terminal.set({ ...terminal.atDesk(), current: { ...ticket('A058', 'serving'), passes: 3, passWarning: true, back: 'B02', reason: 'knows' } }), () => press('F5'), '[data-act="sendBack"]'],
  ['some who stepped away', () => terminal.set({ ...terminal.atDesk(), parked: [
    { ticket: 'p1', number: 'A031', window: 'A01', mine: true, reason: 'copies', untilMs: Date.now() + 400_000 }, { ticket: 'p2', number: 'B007', window: 'B02', mine: false, reason: 'an own word', untilMs: Date.now() - 5000 }] }), () => undefined, '[data-parked] [data-act="resume"]'],
  ['called', () => terminal.set({ ...terminal.atDesk(), current: { ...ticket(), class: 'priority', language: 'en', recalls: 3, recallInSeconds: -1 } }), () => undefined, '[data-act="start"]'],
  ['called, with a refusal', () => terminal.set({ ...terminal.atDesk(), current: ticket() }), (app) => { terminal.instead.set('NoShow', () => refuse('too_soon')); return app.find('[data-act="noShow"]').trigger('click') }, '.refused'],
  ['intake', () => terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') }), () => undefined, '[data-material="1"]'],
  ...['found', 'not_found', 'mismatch', 'away', 'unserved'].map((state): (typeof screens)[number] => [`intake, shared data says ${state}`, () => { terminal.instead.set('AskShared', () => [evidence(state)]); terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') }) }, () => press('d', true), `[data-evidence="${state}"]`]),
  ['applications that differ', () => terminal.set({ ...terminal.atDesk(), differing: Array.from({ length: 12 }, (_, n) => ({ number: `JN20261124-C07-00${n}`, window: 'A02', sets: [{ zh: '公安户籍信息', en: 'Household registration' }] })) }), () => undefined, '[data-differing] [data-act="openDiffering"]'],
  ['an application that differs, opened from the list', () => { terminal.instead.set('OpenCase', () => unverified('mismatch')); terminal.set({ ...terminal.atDesk(), differing: [{ number: 'JN20261124-C07-0003', window: 'A02', sets: [] }] }) }, async (app) => { await app.find('[data-act="openDiffering"]').trigger('click'); await flushPromises(); await app.find('[data-choice="correct"]').setValue(); await app.find('form.look').trigger('submit') }, '[data-checks] [data-paper="2"]'],
  ['an application whose evidence has come', () => { terminal.instead.set('OpenCase', () => unverified('not_found')); terminal.atDesk() }, async (app) => { await openCase(app); await press('d', true) }, '[data-checks] [data-evidence="found"]'],
  ['an application whose evidence was there', () => { terminal.instead.set('OpenCase', () => ({ ...unverified(''), rows: unverified('').rows.map((r) => (r.no === 2 ? { ...r, state: 'waived' } : r)) })); terminal.atDesk() }, (app) => openCase(app), '[data-checks]:not(.open) [data-act="dispute"]'],
  ['an application that waits for an answer, nothing ticked', () => { terminal.instead.set('OpenCase', () => unverified('pending')); terminal.atDesk() }, async (app) => { await openCase(app); await app.find('[data-act="dispute"]').trigger('click') }, '[data-checks] .fault'],
  ['corrections to check', () => terminal.set({ ...terminal.atDesk(), amending: [amending(), amending(true), ...Array.from({ length: 9 }, () => amending())] }), () => undefined, '[data-amending] [data-act="openAmending"]'],
  ['a correction to check, opened from the list', () => { terminal.instead.set('OpenCase', () => slipped([amendment({ why: '' })])); terminal.set({ ...terminal.atDesk(), amending: [amending()] }) }, (app) => app.find('[data-act="openAmending"]').trigger('click'), '[data-check] [data-change="waiting"]'],
  ['a correction that goes back without a word', () => { terminal.instead.set('OpenCase', () => slipped([amendment()])); terminal.set({ ...terminal.atDesk(), amending: [amending()] }) }, async (app) => { await press('f', true); await app.find('[data-act="openAmending"]').trigger('click'); await flushPromises(); await app.find('[data-act="sendAmendBack"]').trigger('click') }, '#check-why[aria-invalid="true"]'],
  ['a scan to take off', () => { terminal.instead.set('OpenCase', () => slipped([], { scans: scans() })); terminal.atDesk() }, async (app) => { await openCase(app); await press('j', true); await app.find('[name="amend-field"][value="scan"]').setValue() }, '[data-amend-scan="s1"]'],
  ['a scan to take off that is checked', () => { terminal.instead.set('OpenCase', () => slipped([amendment({ field: 'scan', scan: 's1', material: '身份证件', no: 2, old: 'scan0002.jpg', new: '', cause: 'misplaced', why: '' })], { scans: scans() })); terminal.set({ ...terminal.atDesk(), amending: [{ ...amending(), field: 'scan' }] }) }, async (app) => { await app.find('[data-act="openAmending"]').trigger('click'); await flushPromises() }, '[data-check-scan]'],
  ['a PDF to take off that is checked', () => { terminal.instead.set('OpenCase', () => slipped([amendment({ field: 'scan', scan: 's3', old: 'scan0003.pdf', new: '', cause: 'misplaced', why: '' })], { scans: scans() })); terminal.set({ ...terminal.atDesk(), amending: [{ ...amending(), field: 'scan' }] }) }, async (app) => { await app.find('[data-act="openAmending"]').trigger('click'); await flushPromises() }, '[data-check-scan-none]'],
  ['an application that was put right', () => { terminal.instead.set('OpenCase', () => slipped([amendment({ state: 'passed', may: false, checker: '赵(样例)', checkedMs: Date.now() }), amendment({ sum: 's2', field: 'document', old: '990108', new: 'E123', newType: 'passport', state: 'returned', may: false, checker: '赵(样例)', checkedMs: Date.now(), reply: '与护照不符' }), amendment({ sum: 's3', field: 'material', material: '身份证件', no: 2, old: 'received', new: 'not_received', mine: true, may: false }), amendment({ sum: 's4', field: 'phone', old: '10000000000', new: '' })])); terminal.atDesk() }, (app) => openCase(app), '[data-amended] [data-change="returned"]'],
  ...['applicant', 'document', 'phone', 'agent', 'material', 'due'].map((field): (typeof screens)[number] => [`something to put right: ${field}`, () => { terminal.instead.set('OpenCase', () => slipped([])); terminal.atDesk() }, async (app) => { await openCase(app); await press('j', true); await app.find(`[name="amend-field"][value="${field}"]`).setValue(); await flushPromises(); await app.find('[name="amend-cause"][value="other"]').setValue() }, field === 'material' ? '[data-amend-material="2"]' : field === 'due' ? '#amend-day' : '#amend-value']),
  ['something to put right, nothing chosen', () => { terminal.instead.set('OpenCase', () => slipped([])); terminal.atDesk() }, async (app) => { await openCase(app); await app.find('[data-act="amendCase"]').trigger('click'); await press('Enter', true) }, '[data-amend] [data-fault="field"]'],
  ['a fee that nobody has told yet', () => { terminal.instead.set('OpenCase', () => slipped([], { fee: fee('due') })); terminal.atDesk() }, async (app) => { await openCase(app); await press('k', true) }, '#fee-amount'],
  ['a fee that is no amount', () => { terminal.instead.set('OpenCase', () => slipped([], { fee: fee('due', { amount: '' }) })); terminal.atDesk() }, async (app) => { await openCase(app); await press('k', true); await press('Enter', true) }, '#fee-amount[aria-invalid="true"]'],
  ['a fee that is open', () => { terminal.instead.set('OpenCase', () => slipped([], { fee: fee('open', { over: true }) })); terminal.atDesk() }, async (app) => { await openCase(app); await app.find('[data-act="feeCase"]').trigger('click'); await press('Enter', true) }, '#fee-receipt[aria-invalid="true"]'],
  ['another notice of a fee', () => { terminal.instead.set('OpenCase', () => slipped([], { fee: fee('open') })); terminal.atDesk() }, async (app) => { await openCase(app); await press('k', true); await app.find('[data-act="feeAgain"]').trigger('click') }, '#fee-until'],
  ['a fee that was paid', () => { terminal.instead.set('OpenCase', () => slipped([], { fee: fee('paid') })); terminal.atDesk() }, (app) => openCase(app), '[data-act="print_fee"]'],
  ['choice of the item', () => terminal.set({ ...terminal.atDesk(), current: { ...ticket('A058', 'serving'), items: [] } }), () => undefined, '#in-item'],
  ['finish', () => terminal.set({ ...terminal.atDesk(), current: { ...ticket('A058', 'serving'), items: [transfer, lookup] } }), () => press('F10'), '[data-row="1"]'],
  ['finish without an item', () => terminal.set({ ...terminal.atDesk(), current: { ...ticket('A058', 'serving'), items: [] } }), () => press('F10'), '[data-row="0"]'],
  ['a queue about to be paused', () => terminal.atDesk(), async (app) => { await app.find('[data-act="pauseQueue"]').trigger('click') }, '.pauses form'],
  ['a paused queue', () => terminal.set({ ...terminal.atDesk(), areas: [{ ...area('A', 12), pausedUntil: '10:30', pausedWhy: 'system_down' }] }), () => undefined, '[data-paused]'],
  ['queue while serving', () => terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') }), () => press('Escape'), 'table'],
]

describe.each(languages)('screens in %s', (language) => {
  it.each(screens)('%s: whole, worded and accessible', async (_, arrange, act, mark) => {
    arrange()
    const app = await open(language)
    await act(app)
    await flushPromises()
    expect(app.find(mark).exists(), mark).toBe(true)
    expect(app.findAll('[role="alert"], [role="status"]').length).toBeGreaterThan(0)
    expect(missing).toEqual([])
    await expectAccessible(app.element)
  })

  it('tells what the slip of a withdrawn number is good for', async () => {
    terminal.atDesk()
    const app = await open(language)
    await app.find('[data-panel="number"]').trigger('click')
    await app.find('#number').setValue('a017')
    await app.find('[data-choice="withdraw"]').setValue()
    expect(app.find('.told').text()).toBe('')
    await app.find('[data-choice="system_down"]').setValue()
    await app.find('form.number').trigger('submit')
    await flushPromises()
    expect(app.find('.told').text()).toContain('A017')
  })

  /** Opens an accepted application to put something in it right. */
  async function toPutRight(more: Parameters<typeof slipped>[1] = {}) {
    terminal.instead.set('OpenCase', () => slipped([], more))
    terminal.atDesk()
    const app = await open(language)
    await openCase(app)
    await press('j', true)
    return app
  }

  it('proposes a correction with what is chosen, and looks again', async () => {
    const app = await toPutRight()
    await app.find('[name="amend-field"][value="material"]').setValue()
    await app.find('[data-amend-material="1"]').setValue()
    await app.find('[name="amend-cause"][value="ticked"]').setValue()
    await press('Enter', true)
    const sent = terminal.asked.find((a) => a.method === 'ProposeAmendment')
    expect(sent?.args.slice(1)).toEqual(['JN20261124-C07-0003', { field: 'material', value: '', documentType: '', material: 1, received: 'not_received', day: '', scan: '', cause: 'ticked', why: '' }])
    expect(terminal.asked.filter((a) => a.method === 'OpenCase').length).toBe(2)
    expect(app.find('[data-amend]').exists()).toBe(false)
  })

  it('proposes to take off the scan that is chosen', async () => {
    const app = await toPutRight({ scans: scans() })
    await app.find('[name="amend-cause"][value="typed"]').setValue()
    await app.find('[name="amend-field"][value="scan"]').setValue()
    await press('Enter', true)
    expect(app.find('[data-amend] [data-fault]').attributes('data-fault')).toBe('scan')
    await app.find('[data-amend-scan="s1"]').setValue()
    await press('Enter', true)
    expect(app.find('[data-amend] [data-fault]').attributes('data-fault')).toBe('cause')
    await app.find('[name="amend-cause"][value="misplaced"]').setValue()
    await press('Enter', true)
    expect(terminal.asked.find((a) => a.method === 'ProposeAmendment')?.args[2]).toEqual({ field: 'scan', value: '', documentType: '', material: 0, received: '', day: '', scan: 's1', cause: 'misplaced', why: '' })
  })

  it('lets no scan go that nobody could look at', async () => {
    terminal.instead.set('OpenCase', () => slipped([amendment({ field: 'scan', scan: 's1', old: 'scan0001.jpg', new: '', cause: 'misplaced' })], { scans: scans() }))
    terminal.instead.set('OpenScan', () => refuse('scan_elsewhere'))
    terminal.set({ ...terminal.atDesk(), amending: [amending()] })
    const app = await open(language)
    await app.find('[data-act="openAmending"]').trigger('click')
    await flushPromises()
    await press('Enter', true)
    expect(terminal.asked.some((a) => a.method === 'CheckAmendment')).toBe(false)
    expect(app.find('#check-fault').text()).not.toBe('')
  })

  it('lets pass exactly the correction that is shown', async () => {
    terminal.instead.set('OpenCase', () => slipped([amendment({ sum: 'mine', mine: true, may: false }), amendment({ sum: 'theirs' })]))
    terminal.set({ ...terminal.atDesk(), amending: [amending()] })
    const app = await open(language)
    await app.find('[data-act="openAmending"]').trigger('click')
    await flushPromises()
    await press('Enter', true)
    expect(terminal.asked.find((a) => a.method === 'CheckAmendment')?.args.slice(1)).toEqual(['JN20261124-C07-0003', 'theirs', true, ''])
  })

  it.each(['accepted', 'accepted_later', 'correction', 'received', 'refused', 'not_ours', 'handed_out'])('result "%s" of an intake', async (state) => {
    terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') })
    terminal.instead.set('TakeIntake', () => ({ number: 'N-1', state, dueDate: '2026-12-01', answerBy: '2026-12-15', missing: ['登记申请书'], agency: state === 'not_ours' ? '市公安局' : '', saved: 'here' }))
    const app = await open(language)
    await app.find('[data-act="receiveRest"]').trigger('click')
    await app.find('[data-act="takeIntake"]').trigger('click')
    await flushPromises()
    expect(app.find('[data-result]').text()).toContain('N-1')
    expect(app.find('[data-unverified]').text()).toContain('婚姻状况材料')
    await press('F7')
    expect(app.find('.print [role="status"]').text()).toContain('N-1')
    expect(missing).toEqual([])
    await expectAccessible(app.element)
  })
})

describe('what shared data says', () => {
  const choices = (app: VueWrapper, no: number) => app.findAll(`[data-material="${no}"] [data-choice]`).map((x) => x.attributes('data-choice'))
  async function serving(state = '') {
    if (state) terminal.instead.set('AskShared', () => [evidence(state)])
    terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') })
    const app = await open('zh')
    if (state) await press('d', true)
    return app
  }

  it.each([
    ['', ['received', 'unverified']], ['found', ['received', 'waived', 'disputed']], ['not_found', ['received', 'unverified', 'missing']],
    ['mismatch', ['received', 'unverified', 'disputed', 'missing']], ['away', ['received', 'unverified']],
  ])('"%s": only what it has not got can be missing', async (state, offered) => {
    expect(choices(await serving(state), 2)).toEqual(offered)
  })

  it('is asked once for all, with the person and without a request', async () => {
    const app = await serving()
    await app.find('#in-applicant').setValue('罗庆(样例)')
    await app.find('[data-act="askShared"]').trigger('click')
    await flushPromises()
    expect(terminal.asked.find((a) => a.method === 'AskShared')?.args[0]).toMatchObject({ item: 'transfer', ticket: 'id-A058', applicant: '罗庆(样例)' })
    expect(app.find('[data-evidence]').text()).toMatch(/区民政局.*2026-11-23.*JH-990108-2025-00002.*已婚/s)
  })

  it('says what is missing before it is asked', async () => {
    const app = await serving()
    await press('d', true)
    expect(app.find('#in-applicant').attributes('aria-invalid')).toBe('true')
    expect(document.activeElement?.id).toBe('in-applicant')
  })

  it('takes the paper of who disputes it', async () => {
    terminal.instead.set('OpenCase', () => unverified('mismatch'))
    terminal.atDesk()
    const app = await open('zh')
    await openCase(app)
    await app.find('[data-paper="2"]').setValue(true)
    await app.find('[data-act="dispute"]').trigger('click')
    await flushPromises()
    expect(terminal.asked.find((a) => a.method === 'DisputeShared')?.args.slice(1)).toEqual(['JN20261124-C07-0003', [2]])
    expect(app.find('[data-checks]').exists()).toBe(false)
    expect(app.find('.rows li:nth-child(2) em').text()).toBe('有异议，收纸质')
  })
})

describe('what the counter says', () => {
  it('offers one main step in each state', async () => {
    terminal.atDesk()
    const app = await open('zh')
    const main = () => app.findAll('.act.main').map((b) => b.attributes('data-act'))
    expect(main()).toEqual(['next'])
    await press('F2')
    expect(main()).toEqual(['start'])
    await press('F9')
    await flushPromises()
    expect(main()).toEqual(['takeIntake'])
    await press('F10')
    expect(main()).toEqual(['confirm'])
    await press('Escape')
    await press('Escape')
    expect(main()).toEqual(['intake'])
  })

  it('does not offer to call while the hall can not be reached', async () => {
    terminal.set({ ...terminal.atDesk(), standing: alone() })
    const app = await open('zh')
    expect(app.find('[data-act="next"]').exists()).toBe(false)
    const banner = app.find('[data-banner]').text()
    for (const part of ['照常', '暂停', '14 条', '怎么做', '分钟']) expect(banner).toContain(part)
  })

  it('names the devices of the hall that somebody has to go to, with what to do', async () => {
    const page = terminal.atDesk()
    terminal.set({ standing: { ...page.standing, alerts: [{ terminal: 'k1', kind: 'printer', state: 'paper_out', sinceMs: 0, next: 'load_paper' }] } })
    const said = (await open('zh')).find('[data-device]').text()
    expect(said).toContain('k1 的打印机没有纸了')
    expect(said).toContain('请装纸')
  })

  it('is silent about the line while all is well', async () => {
    terminal.atDesk()
    expect((await open('zh')).find('[data-banner]').exists()).toBe(false)
  })

  it('shows each of the three honest states as it is, never a better one', async () => {
    terminal.set({ ...terminal.atDesk(), recent: (['here', 'hall', 'centre'] as const).map((saved, i) => ({ number: `A00${i}`, state: 'done', finishedAt: '10:00', saved })) })
    const app = await open('zh')
    expect(app.findAll('li [data-saved]').map((b) => [b.attributes('data-saved'), b.text()])).toEqual([['here', '已存本机'], ['hall', '已存大厅'], ['centre', '已存中心']])
  })

  it('counts down to the next recall and blocks it until then', async () => {
    terminal.set({ ...terminal.atDesk(), current: { ...ticket(), recallInSeconds: 12 } })
    const app = await open('zh')
    const recall = app.find('[data-act="recall"]')
    expect(recall.text()).toContain('12 秒')
    await recall.trigger('click')
    expect(did()).toEqual([])
  })

  it('gives a ticket back to the queue only with a reason', async () => {
    terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') })
    const app = await open('zh')
    await app.find('[data-act="return"]').trigger('click')
    await expectAccessible(app.element)
    expect(terminal.asked.map((a) => a.method)).not.toContain('Return')
    await app.find('[data-act="return-mistake"]').trigger('click')
    await flushPromises()
    expect(terminal.asked.filter((a) => a.method !== 'Draft').at(-1)).toEqual({ method: 'Return', args: ['mistake'] })
    expect(app.find('[data-state]').attributes('data-state')).toBe('idle')
  })

  it('forgets the PIN as soon as it is sent', async () => {
    const app = await open('zh')
    await app.find('#clerk').setValue('li')
    await app.find('#pin').setValue('111111')
    await app.find('form').trigger('submit')
    await flushPromises()
    expect(app.find('[data-alert]').text()).toContain('PIN')
    expect(app.find<HTMLInputElement>('#pin').element.value).toBe('')
    expect(document.activeElement?.id).toBe('pin')
  })

  it('pauses the window and calls again, by keys alone', async () => {
    terminal.atDesk()
    const app = await open('zh')
    await press('l', true)
    expect((document.activeElement as HTMLInputElement).value).toBe('rest')
    await app.find('[data-choice="back_office"]').setValue()
    expect(app.find<HTMLInputElement>('[data-choice="0"]').element.checked).toBe(true)
    await app.find('[data-choice="meal"]').setValue()
    await press('Enter', true)
    expect(terminal.asked).toContainEqual({ method: 'StepAway', args: ['meal', 60] })
    expect(app.find('[data-act="next"]').exists()).toBe(false)
    await press('F2')
    expect(app.find('[data-act="next"]').exists()).toBe(true)
    expect(terminal.asked.some((a) => a.method === 'Next')).toBe(false)
  })

  it('takes the window\'s own area and lets others be added', async () => {
    terminal.set({ clerk: 'li', clerkName: '李(样例)' })
    const app = await open('zh')
    await app.find('[data-window="A01"]').setValue()
    await app.find('.list input[value="B"]').setValue(true)
    await app.find('[data-act="openWindow"]').trigger('click')
    expect(terminal.asked.filter((a) => a.method !== 'Draft').at(-1)).toEqual({ method: 'OpenWindow', args: ['A01', ['A', 'B']] })
  })

  it('sends who presses F1 to the kiosk that waits longest, once signed in', async () => {
    const helps = [{ terminal: 'k1', atMs: 1, clerk: '' }, { terminal: 'k2', atMs: 2, clerk: '' }]
    terminal.set({ helps })
    const app = await open('zh')
    await press('F1')
    expect(did()).toEqual([])
    expect(app.find('[data-help="k1"] [data-act="goHelp"]').exists()).toBe(false)
    terminal.set({ ...terminal.atDesk(), helps })
    terminal.changed()
    await flushPromises()
    await press('F1')
    expect(did()).toEqual([{ method: 'GoHelp', args: ['k1'] }])
    expect(app.find('[data-help="k1"]').text()).toBe('李(样例) 已去 k1')
    await expectAccessible(app.element)
  })

  it('posts a ready sentence in both languages, keeps what is half written, and takes a notice down', async () => {
    terminal.atDesk()
    const app = await open('zh')
    const panel = async (name: string) => {
      await app.find(`[data-panel="${name}"]`).trigger('click')
      await flushPromises()
    }
    const press = async (act: string) => {
      await app.find(`[data-act="${act}"]`).trigger('click')
      await flushPromises()
    }
    await panel('notice')
    await press('postNotice')
    expect(app.find('[data-alert]').text()).toContain('还没有写公告')
    await app.find('[data-ready="lift"]').trigger('click')
    await panel('queue')
    await panel('notice')
    expect(app.find<HTMLInputElement>('#notice-zh').element.value).toContain('电梯检修')
    await press('postNotice')
    expect(terminal.asked.at(-1)).toEqual({ method: 'PostNotice', args: [expect.stringContaining('电梯检修'), expect.stringContaining('The lift'), 0] })
    expect(app.find<HTMLInputElement>('#notice-zh').element.value).toBe('')
    expect(app.find('[data-panel="notice"]').text()).toContain('1')
    await press('endNotice')
    expect(terminal.asked.at(-1)).toEqual({ method: 'EndNotice', args: ['n1'] })
    expect(app.find('[data-notice]').exists()).toBe(false)
  })

  it('names the earlier request that was proposed in the answer, and asks once for one intent', async () => {
    terminal.atDesk()
    const app = await open('zh')
    vi.useFakeTimers()
    await openDisclosure(app)
    vi.advanceTimersByTime(600)
    vi.useRealTimers()
    await flushPromises()
    await app.find('[data-act="pickRepeat"]').trigger('click')
    await press('Enter', true)
    const sent = terminal.asked.at(-1)
    expect(sent?.method).toBe('StepDisclosure')
    expect(sent?.args[0]).toMatchObject({ step: 'answered', outcome: 'repeat', earlier: 'JN20261103-C07-G0001', number: 'JN20261124-C07-G0003' })
    expect(app.find('[data-fresh="answered"]').exists()).toBe(true)
  })

  it('keeps what is typed of a request while the panel changes, and drops it with the person', async () => {
    terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') })
    const app = await open('zh')
    await write(app)
    await app.find('[data-panel="queue"]').trigger('click')
    await press('g', true)
    expect(app.find<HTMLInputElement>('#disclosure-name').element.value).toBe('罗庆(样例)')
    terminal.set({ current: null })
    terminal.changed()
    await flushPromises()
    await press('g', true)
    expect(app.find('#disclosure-name').exists()).toBe(false)
    await press('Enter', true)
    expect(app.find<HTMLInputElement>('#disclosure-name').element.value).toBe('')
  })

  it('shows what was typed of a request also when it comes back late', async () => {
    terminal.atDesk()
    let come!: (kept: string) => void
    terminal.instead.set('Draft', () => new Promise<string>((done) => { come = done }))
    const app = await open('zh')
    await press('g', true)
    expect(app.find('#disclosure-name').exists()).toBe(false)
    come(JSON.stringify({ ...emptyDisclosure(), name: '罗庆(样例)' }))
    await flushPromises()
    expect(app.find<HTMLInputElement>('#disclosure-name').element.value).toBe('罗庆(样例)')
  })

  it('has what was typed of a request again after the program died, until it is thrown away', async () => {
    terminal.set({ ...terminal.atDesk(), current: ticket('A058', 'serving') })
    const died = await open('zh')
    await write(died)
    await flushPromises()
    died.unmount()
    const app = await open('zh')
    await press('g', true)
    expect(app.find<HTMLInputElement>('#disclosure-name').element.value).toBe('罗庆(样例)')
    expect(app.find('[data-act="dropSure"]').exists()).toBe(false)
    await app.find('[data-act="dropDisclosure"]').trigger('click')
    await expectAccessible(app.element)
    await app.find('[data-act="dropSure"]').trigger('click')
    await flushPromises()
    expect(terminal.asked.filter((a) => a.method === 'KeepDraft').at(-1)?.args).toEqual(['disclosure', 'id-A058', ''])
    app.unmount()
    const again = await open('zh')
    await press('g', true)
    expect(again.find('#disclosure-name').exists()).toBe(false)
  })

  it('asks for the good reason of who corrects too late, and offers it also when the request counts as given up', async () => {
    terminal.atDesk()
    const app = await open('zh')
    terminal.instead.set('OpenDisclosure', () => disclosure('answered', { outcome: 'uncorrected', overtime: true }))
    await openDisclosure(app)
    expect(app.find('[data-excused]').exists()).toBe(false)
    await app.find('[name="disclosure-step"][value="corrected"]').setValue()
    await app.find('#step-words').setValue('2019年的')
    await app.find('[data-excused]').setValue(true)
    await expectAccessible(app.element)
    await press('Enter', true)
    const sent = did().at(-1)
    expect([sent?.method, sent?.args[0]]).toEqual(['StepDisclosure', expect.objectContaining({ step: 'corrected', words: '2019年的', excused: true })])
  })

  it('ignores the second click of a double click', async () => {
    terminal.atDesk()
    const app = await open('zh')
    app.find('[data-act="next"]').element.dispatchEvent(new MouseEvent('click', { detail: 2, bubbles: true }))
    await flushPromises()
    expect(did()).toEqual([])
  })
})

describe('what somebody checked at the kiosk', () => {
  it.each([
    [{ lacks: ['登记申请书', '完税凭证'], stale: false }, '还缺： 登记申请书、完税凭证'], [{ lacks: [], stale: false }, '材料都带了'], [{ lacks: [], stale: true }, '请重新核对'],
  ])('%j stands under its item', async (said, words) => {
    terminal.set({ ...terminal.atDesk(), current: { ...ticket(), items: [transfer], checked: [{ code: 'transfer', ...said }] } })
    const app = await open('zh')
    expect(app.findAll('[data-checked]').length).toBe(1)
    expect(app.find('[data-checked]').text().replace(/\s+/g, ' ')).toContain(words)
  })

  it('is not told of a ticket without it', async () => {
    terminal.set({ ...terminal.atDesk(), current: { ...ticket(), items: [transfer] } })
    expect((await open('zh')).find('[data-checked]').exists()).toBe(false)
  })
})
