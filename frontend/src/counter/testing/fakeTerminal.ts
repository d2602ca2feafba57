import { vi } from 'vitest'
import type { Area } from '../../types/common'
import type { CounterPage, CounterTicket, IdentityCard, Outcome, PassWish } from '../../types/counter'
import type { BeforePage, DisclosureForm, DisclosurePage, DisclosureStep } from '../../types/disclosure'
import type { GuidePage, ItemCard } from '../../types/guide'
import type { FigureRow, HallNow, HallWindow, OwnDay } from '../../types/hall'
import type { AmendingCase, CaseAmendment, CaseFee, CasePage, CaseScan, DueCase, Intake, SharedEvidence } from '../../types/intake'
import type { FollowUpPage, FollowUpRow } from '../../types/rating'

/** A terminal in memory for the tests of the screens: it keeps the order of the steps and refuses what does not fit. */

const now = Date.parse('2026-11-24T10:30:00+08:00')

export const item = (code: string, zh: string, en: string): ItemCard => ({
  code, name: { zh, en }, department: '区不动产登记服务中心', letter: 'A', area: { zh: '不动产', en: 'Real estate' },
  runOnce: true, materials: 3, here: true, why: '', match: '',
})

export const transfer = item('transfer', '存量房转移登记', 'Transfer of property')
export const lookup = item('lookup', '不动产信息查询', 'Property look-up')

export const guide = (of: ItemCard): GuidePage => ({
  item: of, handling: '承诺件', legalDays: 30, promisedDays: 1, dayUnit: '工作日', visits: 1, conditions: [],
  materials: [
    { no: 1, name: '登记申请书', form: '原件', originals: 1, copies: 0, need: 'must', waivedBy: { zh: '', en: '' }, note: '' },
    { no: 2, name: '婚姻状况材料', form: '原件', originals: 1, copies: 1, need: 'must', waivedBy: { zh: '民政婚姻登记信息', en: 'Marriage registration' }, note: '' },
    { no: 3, name: '完税凭证', form: '原件', originals: 1, copies: 0, need: 'later', waivedBy: { zh: '', en: '' }, note: '可后补' },
    { no: 4, name: '委托书', form: '原件', originals: 1, copies: 0, need: 'maybe', waivedBy: { zh: '', en: '' }, note: '' },
  ],
  steps: [], result: '', fee: '', charged: false, consultPhone: '', complaintPhone: '', hours: '', places: [], online: false, legalBasis: '', faq: [],
  queue: area('A', 30), questions: [],
})

export function area(letter: string, waiting: number): Area {
  return { letter, name: { zh: `业务${letter}`, en: `Service ${letter}` }, floor: 2, windows: 3, openWindows: 2, waiting, wait: { known: true, low: 5, high: 20 }, items: 9, late: false, elsewhere: [], pausedUntil: '', pausedWhy: '', relief: waiting > 20 ? 340 : 0 }
}

export function ticket(number = 'A058', state = 'called'): CounterTicket {
  return {
    ticket: `id-${number}`, number, letter: 'A', area: { zh: '不动产', en: 'Real estate' }, class: 'walk_in', slot: '', language: 'zh', items: [transfer], state,
    recalls: 0, calledMs: now, startedMs: state === 'serving' ? now : 0, waitMinutes: 23, recallInSeconds: 30, saved: 'hall', applications: [], checked: [], passes: 0, passWarning: false, back: '', reason: '',
  }
}

const none = { zh: '', en: '' }
const sets = { marriage: { zh: '民政婚姻登记信息', en: 'Marriage registration' } }

/** What shared data says of the second material. */
export const evidence = (state: string): SharedEvidence => ({
  no: 2, set: sets.marriage, holder: '区民政局', state, record: state === 'found' ? 'JH-990108-2025-00002' : '', asOf: state === 'found' ? '2026-11-23' : '',
  says: state === 'found' ? [{ name: { zh: '婚姻状况', en: 'Marital status' }, value: '已婚' }, { name: { zh: '登记日期', en: 'Date of registration' }, value: '2025-05-20' }] : [],
})

export const fee = (state: CaseFee['state'] = 'none', change: Partial<CaseFee> = {}): CaseFee => ({
  state, text: state === 'none' ? '免费' : '工本费每证10元', amount: state === 'none' ? '' : '10.00', place: state === 'none' ? '' : '江南办事服务大厅收费窗口', until: state === 'none' ? '' : '2026-12-08', over: false, receipt: state === 'paid' ? '3301-0042' : '', paidOn: state === 'paid' ? '2026-11-24' : '', charge: state === 'due' || state === 'open', pay: state === 'open', ...change,
})

export const application = (state = 'correction'): CasePage => ({
  number: 'JN20261124-C07-0003', code: 'transfer', item: { zh: '存量房转移登记', en: 'Transfer of property' }, state, dueDate: '', answerBy: '2026-12-15', takenMs: now, window: 'A02',
  rows: [{ no: 1, name: '登记申请书', state: 'received', suppliedMs: 0, check: '', set: none }, { no: 2, name: '婚姻状况材料', state: 'missing', suppliedMs: 0, check: '', set: none }, { no: 3, name: '完税凭证', state: 'later', suppliedMs: 0, check: '', set: none }, { no: 4, name: '合同', state: 'supplied', suppliedMs: now, check: '', set: none }],
  applicant: '罗庆(样例)', documentType: 'resident_id', documentNumber: '99010820000907755X', phone: '10000000000', note: '', alone: false, disputed: false, scans: [], signed: false,
  what: 'bring', known: true, left: 9, may: [], steps: [], extended: false, reason: '', agency: '', agent: '', agentNumber: '', representative: '', address: '', amendments: [], amend: true, fee: fee(),
})

/** Something that a clerk wants to put right. */
export const amendment = (change: Partial<CaseAmendment> = {}): CaseAmendment => ({
  sum: 's1', field: 'applicant', material: '', no: 0, scan: '', old: '罗庆(样例)', new: '罗青(样例)', oldType: 'resident_id', newType: '', cause: 'typed', why: '身份证上是青字', clerk: '王(样例)', atMs: now, state: 'waiting', checker: '', checkedMs: 0, reply: '', may: true, mine: false, ...change,
})

/** An accepted application, with a slip in it. */
export const slipped = (amendments: CaseAmendment[], more: Partial<CasePage> = {}): CasePage => ({
  ...application('accepted'), dueDate: '2026-12-08', answerBy: '', what: 'decide', left: 10, amendments, rows: [{ no: 1, name: '登记申请书', state: 'received', suppliedMs: 0, check: '', set: none }, { no: 2, name: '身份证件', state: 'not_received', suppliedMs: 0, check: '', set: none }], ...more,
})

export const amending = (mine = false): AmendingCase => ({ number: 'JN20261124-C07-0003', item: { zh: '存量房转移登记', en: 'Transfer of property' }, field: mine ? 'phone' : 'applicant', clerk: mine ? '李(样例)' : '王(样例)', mine, atMs: now })

/** An application that was accepted without a paper, of which shared data has said something else since. */
export const unverified = (check: string): CasePage => ({
  ...application('accepted'), rows: [{ no: 1, name: '登记申请书', state: 'received', suppliedMs: 0, check: '', set: none }, { no: 2, name: '婚姻状况材料', state: 'unverified', suppliedMs: 0, check, set: sets.marriage }],
})

export const followUp = (change: Partial<FollowUpRow> = {}): FollowUpRow => ({
  ticket: 'id-A021', number: 'A021', date: '2026-11-20', window: 'A03', items: [{ zh: '存量房转移登记', en: 'Transfer of property' }], level: 5, state: 'open', due: '2026-11-27', overdue: false, next: 'answer', erased: false, ...change,
})

export const followed = (change: Partial<FollowUpRow> = {}): FollowUpPage => ({
  row: followUp(change), alone: false,
  ratings: [
    { rating: 'r1', level: 5, reasons: ['wait', 'manner'], remark: '等了一小时', shut: false, proof: 'slip', counts: true, atMs: now - 3_600_000 },
    { rating: 'r2', level: 1, reasons: [], remark: '', shut: true, proof: 'number', counts: false, atMs: now },
  ],
  answers: change.state && change.state !== 'open' ? [{ note: '已电话回访', clerk: '王(样例)', atMs: now, good: change.state === 'checked', back: change.state === 'returned', checkNote: change.state === 'returned' ? '请写明结果' : '', checker: change.state === 'answered' ? '' : '赵(样例)' }] : [],
})

/** One that agencies have worked on. */
export const decided = (state = 'granted', more: Partial<CasePage> = {}): CasePage => ({
  ...application(state), dueDate: '2026-12-08', answerBy: '', what: 'deliver', known: true, left: 10, may: ['hand_out'], extended: true,
  rows: [{ no: 1, name: '登记申请书', state: 'received', suppliedMs: 0, check: '', set: none }],
  steps: [
    { kind: 'extended', outcome: '', procedure: '', day: '2026-11-20', days: 10 }, { kind: 'suspended', outcome: '', procedure: 'hearing', day: '2026-11-21', days: 0 },
    { kind: 'resumed', outcome: '', procedure: '', day: '2026-11-23', days: 0 }, { kind: 'decided', outcome: ['denied', 'returned', 'passed_on'].includes(state) ? state : 'granted', procedure: '', day: '2026-11-24', days: 0 },
  ], ...more,
})

export const dueCases: DueCase[] = [
  { number: 'JN20261110-C01-0004', item: transfer.name, state: 'accepted', what: 'decide', day: '2026-11-20', left: -2 },
  { number: 'JN20261118-C02-0001', item: lookup.name, state: 'received', what: 'accept', day: '2026-11-24', left: 0 },
  { number: 'JN20261119-C02-0009', item: lookup.name, state: 'granted', what: 'deliver', day: '2026-11-26', left: 2 },
]

export const disclosure = (state = 'open', change: Partial<DisclosurePage> = {}): DisclosurePage => ({
  number: 'JN20261124-C07-G0003', agency: '江南区财政局', by: 'person', channel: 'counter', day: '2026-11-20', oral: true, form: 'paper', delivery: 'collect', documentType: 'resident_id', documentNumber: '99010820000907755X',
  name: '罗庆(样例)', contact: '', phone: '10000000000', address: '样例路 1 号', asked: '2016年桂花路房屋征收补偿方案', state, due: state === 'answered' || state === 'open' ? '2026-12-18' : '', dueKnown: state === 'open' ? 'known' : 'suspended', left: 18, late: false, overtime: false,
  noticeBy: '2026-12-01', answerBy: state === 'correcting' || state === 'charged' || state === 'consulting' ? '2026-12-15' : '', whom: state === 'consulting' ? 'third_party' : '', outcome: state === 'answered' ? 'repeat' : '', earlier: state === 'answered' ? 'JN20261103-C07-G0001' : '',
  words: state === 'correcting' ? '请说明是哪一年的' : '', extended: false, notified: state === 'correcting', reasons: false, heard: false, notice: state !== 'open', alone: false, disputed: false, saved: 'hall', ...change,
})

export const before = (change: Partial<BeforePage> = {}): BeforePage => ({
  repeats: [{ number: 'JN20261103-C07-G0001', agency: '江南区财政局', day: '2026-11-03', asked: '桂花路二〇一六年拆迁补偿方案', answered: '2026-11-20', outcome: 'granted', settled: true, common: ['桂花路', '2016', '方案'], beyond: ['安置'] }],
  month: 12, all: 14, manyAMonth: 10, itemFee: 100, looked: 40, shut: 0, alone: false, ...change,
})

/** What lies in the scanner's folder. */
export const tray = (): NonNullable<CounterPage['tray']> => ({ away: false, files: [
  { name: 'scan0003.jpg', mark: 'm3', size: 812_345, atMs: now, type: 'image/jpeg', fault: '' }, { name: '合同.pdf', mark: 'm2', size: 3_400_000, atMs: now - 60_000, type: 'application/pdf', fault: '' },
  { name: 'film.tif', mark: 'm1', size: 9_000, atMs: now - 120_000, type: '', fault: 'type' }, { name: 'big.pdf', mark: 'm0', size: 21_000_000, atMs: now - 180_000, type: 'application/pdf', fault: 'size' },
] })

export const attached = (change: Partial<CaseScan> = {}): CaseScan => ({ scan: 's1', use: 'scan', material: 1, name: 'scan0001.jpg', type: 'image/jpeg', size: 700_000, atMs: now, saved: 'hall', ...change })
export const scans = (): CaseScan[] => [attached(), attached({ scan: 's2', material: 0, name: '合同.pdf', type: 'application/pdf', saved: 'centre' }), attached({ scan: 's3', use: 'signature', material: 0, name: '', type: 'image/png', saved: 'away' })]

export const standing = (): CounterPage['standing'] => ({
  line: 'centre', sinceMs: now - 420_000, hereOnly: 0, hallOnly: 0, oldestSeconds: 0, clockOff: false, disk: 'ok', printer: 'none',
})

const seen = (n: number, p50: number, p90: number) => ({ n, p50Ms: p50 * 60_000, p90Ms: p90 * 60_000, maxMs: p90 * 70_000 })

export const figureRow = (change: Partial<FigureRow> = {}): FigureRow => ({
  key: '', issued: 0, served: 0, noShow: 0, carried: 0, cancelled: 0, recalls: 0, transfers: 0, outOfOrder: 0, inTarget: 0, promises: 0, kept: 0,
  wait: seen(0, 0, 0), service: seen(0, 0, 0), idleMs: 0, openMs: 0, heldMs: 0, ...change,
})

/** A clerk's morning: eleven visits in three hours. */
export const ownDay = (): OwnDay => ({
  whole: figureRow({ served: 11, noShow: 1, recalls: 3, service: seen(11, 9, 17.4), wait: seen(12, 14, 31) }),
  hours: ['08', '09', '10'].map((key, i) => figureRow({ key, served: 3 + i, service: seen(3 + i, 9, 15) })),
  visits: [6, 9, 12, 4, 8, 17, 11, 9, 5, 14, 9].map((m, i) => ({ at: `${8 + Math.floor(i / 4)}:${String(10 + i).padStart(2, '0')}`, tookMs: m * 60_000 })),
})

const letters = ['A', 'B', 'C', 'D']
const many = [4, 6, 5, 2]

/** A hall at its busiest: windows in every state, a queue that is paused, one in which nobody was called yet. */
export const hallNow = (change: Partial<HallNow> = {}): HallNow => ({
  queues: letters.map((letter, i) => ({ area: { ...area(letter, i * 3), windows: many[i]!, openWindows: Math.ceil(many[i]! / 2), pausedUntil: i === 2 ? '10:45' : '', pausedWhy: i === 2 ? 'system_down' : '' }, longestMinutes: i === 0 ? -1 : 4 * i, figures: figureRow({ key: letter, wait: i === 3 ? seen(0, 0, 0) : seen(20, 5 + i, 14 + 3 * i) }) })),
  windows: letters.flatMap((letter, i) => Array.from({ length: many[i]! }, (_, n): HallWindow => {
    const state = n === 0 && i === 2 ? 'lost' : n % 5 === 4 ? 'closed' : n === 3 && i === 1 ? 'away' : ['serving', 'serving', 'called', 'free'][n % 4]!
    return { id: `${letter}${String(n + 1).padStart(2, '0')}`, letter, state, clerk: state === 'closed' ? '' : '李(样例)', services: state === 'closed' ? [] : [letter], number: state === 'serving' || state === 'called' ? `${letter}0${10 + n}` : '', sinceMs: now - n * 60_000, away: state === 'away' ? { why: 'meal', sinceMs: now - n * 60_000, untilMs: now + 1_800_000 } : null }
  })),
  advice: [{ window: 'B12', letter: 'B', area: { zh: '社保医保', en: 'Social and medical insurance' }, saves: 340 }, { window: 'H03', letter: 'H', area: { zh: '税务', en: 'Tax' }, saves: 60 }],
  whole: figureRow({ issued: 1204, served: 1033, noShow: 41, outOfOrder: 12, inTarget: 880, promises: 700, kept: 634, wait: seen(1120, 8.4, 31), service: seen(1033, 7.2, 16), idleMs: 83 * 60_000 }),
  hours: ['08', '09', '10', '11'].map((key, i) => figureRow({ key, wait: seen(9, 5, 9 + 6 * i) })),
  targetMinutes: 20, reasons: [{ reason: 'unwell', calls: 7 }, { reason: '老人独自来', calls: 5 }],
  carried: [{ number: 'B203', date: '2026-11-23', letter: 'B', used: true }, { number: 'E117', date: '2026-11-23', letter: 'E', used: false }], ...change,
})

function firstPage(): CounterPage {
  return {
    place: { role: 'counter', hall: 'jiangnan', hallName: { zh: '江南办事服务大厅', en: 'Jiangnan Service Hall' }, terminal: 'c1', window: '', pxPerMm: 3.8, screenLowMm: 850, distanceMm: 600, voice: false, reader: false, floor: 1, date: '2026-11-24', nowMs: now, guidesVersion: '2026.11-1', guidesDate: '2026-11-20' },
    standing: standing(), clerk: '', clerkName: '', supervisor: false, mayWithdraw: true, window: '', services: [], away: null, areas: [area('A', 30), area('B', 4)],
    allWindows: [{ id: 'A01', letter: 'A', clerk: '' }, { id: 'A02', letter: 'A', clerk: 'li' }, { id: 'B07', letter: 'B', clerk: '' }],
    documents: true, current: null, waiting: 30, servedToday: 4,
    parked: [], recent: [{ number: 'A055', state: 'done', finishedAt: '10:20', saved: 'here' }, { number: 'A2-017', state: 'no_show', finishedAt: '10:11', saved: 'centre' }],
    conflicts: [], differing: [], amending: [], helps: [], notices: [], followUps: 0, followUpsOverdue: 0, tray: null,
  }
}

/** One dot, as the address of an image. */
const picture = 'data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs='

export const refuse = (key: string, args: Record<string, string> = {}): never => {
  // The bridge rejects with a plain refusal, as the window does.
  throw { code: 1, key, args }
}

export function fakeTerminal() {
  let page = firstPage()
  const kept: Record<string, string> = {}
  let waiting: CaseScan[] = []
  const asked: { method: string; args: unknown[] }[] = []
  const listeners = new Set<() => void>()
  /** What the next call of a method answers instead of its own answer. */
  const instead = new Map<string, () => unknown>()

  const need = (state: string): CounterTicket => (page.current?.state === state ? page.current : refuse('ticket_state'))
  const set = (change: Partial<CounterPage>): CounterPage => (page = { ...page, ...change })
  const methods: Record<string, (...args: never[]) => unknown> = {
    Page: () => page,
    SignIn: (clerk: string, pin: string) => (pin === '246810' ? set({ clerk, clerkName: '李(样例)' }) : refuse('pin_wrong')),
    OpenCase: (number: string) => (number.toUpperCase().startsWith('JN') ? application() : refuse('case_unknown', { number })),
    SupplyCase: (_: string, number: string, brought: number[]) => ({ number, state: brought.length > 1 ? 'accepted' : 'correction', dueDate: brought.length > 1 ? '2026-12-18' : '', answerBy: brought.length > 1 ? '' : '2026-12-15', missing: brought.length > 1 ? [] : ['完税凭证'], saved: 'here' }),
    FollowUps: () => ({ rows: [followUp({ overdue: true }), followUp({ ticket: 'id-A022', number: '', window: '', level: 4, state: 'answered', next: 'check' }), followUp({ ticket: 'id-A023', state: 'checked', next: '' })], open: 2, overdue: 1, alone: false }),
    OpenFollowUp: (of: string) => followed(of === 'id-A022' ? { ticket: of, state: 'answered', next: 'check' } : { ticket: of }),
    AnswerFollowUp: (_: string, of: string, note: string) => (note.trim() === '' ? refuse('field_missing', { field: 'note' }) : followed({ ticket: of, state: 'answered', next: '' })),
    CheckFollowUp: (_: string, of: string, good: boolean) => followed({ ticket: of, state: good ? 'checked' : 'returned', next: good ? '' : 'answer' }),
    OwnDay: ownDay,
    HallNow: () => hallNow(),
    DueCases: () => [] as DueCase[],
    ProposeAmendment: (_: string, number: string, wish: { value: string }) => (wish.value === '罗庆(样例)' ? refuse('amend_same') : { number, state: 'accepted', dueDate: '', answerBy: '', missing: null, agency: '', saved: 'here' }),
    CheckAmendment: (_: string, number: string) => ({ number, state: 'accepted', dueDate: '', answerBy: '', missing: null, agency: '', saved: 'here' }),
    ChargeFee: (_: string, number: string) => ({ number, state: 'accepted', dueDate: '', answerBy: '', missing: null, agency: '', saved: 'here' }),
    PayFee: (_: string, number: string) => ({ number, state: 'accepted', dueDate: '', answerBy: '', missing: null, agency: '', saved: 'here' }),
    StepCase: (_: string, number: string, step: string) => ({ number, state: ({ accept: 'accepted', refuse: 'refused', not_ours: 'not_ours', hand_out: 'handed_out' } as Record<string, string>)[step], dueDate: '', answerBy: '', missing: null, agency: '', saved: 'here' }),
    Draft: (form: string, of: string) => kept[`${form} ${of}`] ?? '',
    KeepDraft: (form: string, of: string, text: string) => { kept[`${form} ${of}`] = text },
    TrayPreview: () => picture,
    DraftScans: () => waiting,
    AttachDraft: (_t: string, _i: string, name: string, mark: string, material: number) => (waiting = [...waiting, attached({ scan: mark, name, material, saved: 'waits' })]),
    DropDraftScan: (_t: string, _i: string, scan: string) => (waiting = waiting.filter((s) => s.scan !== scan)),
    AttachScan: (_: string, _n: string, name: string, mark: string, material: number) => [...scans(), attached({ scan: mark, name, material, saved: 'here' })],
    CaseScans: () => scans().map((s) => ({ ...s, saved: 'centre' as const })),
    OpenScan: (_: string, scan: string) => ({ scan, type: 'image/jpeg', picture: scan === 's3' ? '' : picture }),
    SignCase: () => [attached({ scan: 'sig', use: 'signature', material: 0, name: '', type: 'image/png', saved: 'here' })],
    PrintDocument: (number: string, kind: string) => `${number}-${kind === 'receipt' ? 'JS' : 'SL'}`,
    DisclosureAgencies: () => ['江南区财政局', '江南区教育局'],
    ListDisclosures: () => ({ alone: false, rows: [disclosure('open', { late: true, left: -2, due: '2026-11-20' }), disclosure('open', { number: 'JN20261124-C07-G0004', left: 2 }), disclosure('correcting', { number: 'JN20261124-C07-G0005' }), disclosure('answered', { number: 'JN20261124-C07-G0006' })] }),
    LookBefore: () => before(),
    OpenDisclosure: (number: string) => (number.toUpperCase().startsWith('JN') ? disclosure() : refuse('case_unknown', { number })),
    TakeDisclosure: (f: DisclosureForm) => (f.asked ? disclosure('open', { name: '', documentNumber: '', phone: '', address: '', asked: '', saved: 'here' }) : refuse('field_missing', { field: 'asked' })),
    StepDisclosure: (s: DisclosureStep) => (s.outcome === 'excessive' ? refuse('step_missing', { step: 'reasons' }) : disclosure(s.step === 'answered' ? 'answered' : s.step === 'correction_asked' ? 'correcting' : 'open', { outcome: s.outcome, earlier: s.earlier, words: s.words })),
    PrintDisclosure: (number: string, kind: string) => `${number}-${kind === 'receipt' ? 'GS' : 'GD'}`,
    WithdrawCase: (_: string, number: string) => ({ number, state: 'withdrawn', dueDate: '', answerBy: '', missing: null, saved: 'here' }),
    SignOut: () => (page.current ? refuse('still_serving') : set({ clerk: '', window: '' })),
    OpenWindow: (window: string, services: string[]) => (window === 'A02' ? refuse('window_taken') : set({ window, services })),
    StepAway: (why: string, minutes: number) => (page.current ? refuse('still_serving') : set({ away: { why, sinceMs: now, untilMs: minutes ? now + minutes * 60_000 : 0 } })),
    Reopen: () => set({ away: null }),
    CloseWindow: () => (page.current ? refuse('still_serving') : set({ window: '' })),
    Next: () => (page.current ? refuse('still_serving') : set({ current: ticket(), waiting: page.waiting - 1 })),
    Recall: () => set({ current: { ...need('called'), recalls: 1 } }),
    Start: () => set({ current: { ...need('called'), state: 'serving', startedMs: now } }),
    StartByScan: (text: string) => (text.startsWith('OW') ? set({ current: ticket('A2-031', 'serving') }) : refuse('code_foreign')),
    Return: () => (page.current ? set({ current: null, waiting: page.waiting + 1 }) : refuse('no_ticket')),
    Park: (reason: string, minutes: number) => set({ current: null, parked: [{ ticket: need('serving').ticket, number: need('serving').number, window: 'A01', mine: true, reason, untilMs: now + minutes * 60_000 }, ...page.parked] }),
    Resume: (id: string) => set({ current: ticket(page.parked.find((p) => p.ticket === id)!.number, 'serving'), parked: page.parked.filter((p) => p.ticket !== id) }),
    Pass: (w: PassWish) => (w.reason ? set({ current: null }) : refuse('reason_missing')),
    Merge: (number: string) => (number === 'A060' ? set({}) : refuse('ticket_unknown')),
    CallNumber: (_: string, number: string, reason: string) => (reason ? set({ current: { ...ticket(number), reason } }) : refuse('reason_missing')),
    ComeBack: () => refuse('back_late', { minutes: '30' }),
    Cancel: () => set({ waiting: page.waiting - 1 }),
    Withdraw: () => set({ waiting: page.waiting - 1 }),
    NoShow: () => (need('called'), set({ current: null })),
    Finish: (ended: Outcome[]) => (ended.every((o) => o.outcome) ? set({ current: need('serving') && null, servedToday: page.servedToday + 1 }) : refuse('outcome_missing')),
    GoHelp: (terminal: string) => set({ helps: page.helps.map((h) => (h.terminal === terminal ? { ...h, clerk: page.clerkName } : h)) }),
    PauseQueue: (letter: string, why: string) => set({ areas: page.areas.map((a) => (a.letter === letter ? { ...a, pausedUntil: '10:30', pausedWhy: why } : a)) }),
    ResumeQueue: (letter: string) => set({ areas: page.areas.map((a) => (a.letter === letter ? { ...a, pausedUntil: '', pausedWhy: '' } : a)) }),
    PostNotice: (zh: string, en: string, minutes: number) => (zh.trim() === ''
      ? refuse('field_missing', { field: 'notice' })
      : set({ notices: [{ id: `n${page.notices.length + 1}`, zh, en, until: minutes ? '17:00' : '', clerk: page.clerkName }, ...page.notices] })),
    EndNotice: (id: string) => set({ notices: page.notices.filter((n) => n.id !== id) }),
    Guide: (code: string) => guide(code === 'lookup' ? lookup : transfer),
    Search: (text: string) => [transfer, lookup].filter((i) => i.name.zh.includes(text)),
    AskShared: (made: Intake) => (made.applicant ? [evidence('found')] : refuse('field_missing', { field: 'applicant' })),
    RecheckShared: () => [evidence('found')],
    DisputeShared: (_: string, number: string) => ({ number, state: 'accepted', dueDate: '', answerBy: '', missing: null, saved: 'here' }),
    ReadCard: (): IdentityCard => ({ name: '罗庆(样例)', number: '99010820000907755X', birth: '2000-09-07', address: '样例路 1 号', validTo: '2020-01-01', expired: true }),
    TakeIntake: (made: Intake) => {
      if (!made.applicant) return refuse('field_missing', { field: 'applicant' })
      if (made.documentNumber !== '99010820000907755X') return refuse('identity_wrong', { why: 'checksum', type: 'resident_id' })
      const missing = made.materials.some((m) => m.state === 'missing')
      return { number: '20261124-0001', state: missing ? 'correction' : 'accepted', dueDate: '2026-11-25', answerBy: missing ? '2026-12-15' : '', missing: missing ? ['登记申请书'] : null, saved: 'hall' }
    },
  }

  const call = vi.fn(async (method: string, ...args: unknown[]): Promise<unknown> => {
    const name = method.replace('Counter.', '')
    if (name !== 'Page') asked.push({ method: name, args })
    await Promise.resolve()
    const other = instead.get(name)
    instead.delete(name)
    const known = methods[name]
    if (!known) throw new Error(`the fake terminal has no ${method}`)
    return other ? other() : known(...(args as never[]))
  })

  return {
    call, asked, instead, set,
    listen: (fn: () => void) => { listeners.add(fn); return () => listeners.delete(fn) },
    changed: () => listeners.forEach((fn) => fn()),
    /** Signs in and opens window A01. */
    atDesk: () => set({ clerk: 'li', clerkName: '李(样例)', window: 'A01', services: ['A'] }),
  }
}
