import { inject, provide, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { call, refusalOf, requestId, type Refusal } from '../bridge'
import type { HelpState, Progress, TicketPage, TicketRequest } from '../types/kiosk'
import { createChecks, type Checks } from './checks'
import { createComfort, type ComfortState } from './useComfort'
import { createHelp } from './useHelp'
import { createHome, type HomeState } from './useHome'
import { createNarrowed, type Narrowed } from './useNarrowed'
import { createShape, type Shape } from './useShape'
import { createTrail, type Trail } from './useTrail'

/** Everything of one person's visit to the kiosk, and the terminal's own state beside it. */
export interface Visit extends HomeState, Trail, Shape, ComfortState, Checks, Narrowed {
  /** Asks for the head start of elderly, disabled and military people. */
  priority: Ref<boolean>
  /** The last "no", until the next step. */
  refusal: Ref<Refusal | null>
  /** True while a ticket or an answer is on its way; every button that would ask again is off. */
  busy: Ref<boolean>
  /** Tickets of this visit, one a queue: who goes back finds the ticket instead of taking a second one. */
  taken: ShallowRef<TicketPage[]>
  /**
   * Runs one question to the terminal; while it runs a second tap does nothing. It gives
   * null, and says why, when it is refused; and null without a word when who asked has gone
   * on meanwhile, to another screen or for good.
   */
  once<T>(work: () => Promise<T>): Promise<T | null>
  /** Takes a ticket of a queue, for items or for none, and shows it; where it may come too late for today, it asks first. */
  take(letter: string, items: string[], late?: boolean): Promise<void>
  /** Looks up a number or the text of a scanned code, and shows what is found. */
  lookUp(text: string): Promise<void>
  /** Gives the ticket of an appointment or a return pass by its code, and shows it. */
  checkIn(code: string): Promise<void>
  /** Prints a ticket again. */
  printAgain(ticket: string): Promise<TicketPage | null>
  /** Calls a member of staff; `helpState` tells how far the call has come, "failed" when not even this terminal took it. */
  askHelp(): Promise<void>
  helpState: ComputedRef<HelpState['state'] | 'failed'>
  /** Takes the words about the call away; they come back with its next step. */
  dismissHelp(): void
  /** Ends the visit: home, first language, everything as the next person expects it, nothing left. */
  wipe(): void
}

export function createVisit(): Visit {
  const { locale } = useI18n({ useScope: 'global' })
  const state = createHome()
  const help = createHelp(state)
  const trail = createTrail()
  const comfort = createComfort()
  const shape = createShape(() => state.home.value?.place, comfort.comfort, () => locale.value === 'en')
  /** When somebody left the first screen for what they are about to take, 0 while nobody has. */
  let begunMs = 0
  watch(() => trail.screen.value.name, (name) => {
    if (name === 'home') void state.atHome()
    begunMs = name === 'home' ? 0 : begunMs || Date.now()
  }, { immediate: true })
  const checks = createChecks(() => (locale.value === 'en' ? 'en' : 'zh'))
  const priority = ref(false)
  const refusal = ref<Refusal | null>(null)
  const busy = ref(false)
  const taken = shallowRef<TicketPage[]>([])
  /** The request id of each intent that is not decided yet: a retry sends the same one and gets the same ticket. */
  const requests = new Map<string, string>()
  /** Rises with every wipe, so that an answer to a person who has left is not shown to the next. */
  let person = 0

  /**
   * Runs one question; a second tap while it runs does nothing. Its answer is for the same
   * person, and with `here` for the same screen: a ticket is shown wherever somebody has gone.
   */
  async function once<T>(work: () => Promise<T>, here = () => true): Promise<T | null> {
    if (busy.value) return null
    busy.value = true
    refusal.value = null
    const asker = person
    try {
      const answer = await work()
      return asker === person && here() ? answer : null
    } catch (thrown) {
      if (asker === person && here()) refusal.value = refusalOf(thrown)
      return null
    } finally {
      if (asker === person) busy.value = false
    }
  }

  async function take(letter: string, items: string[], late = false): Promise<void> {
    // Nobody is turned away, and nobody waits until closing time without knowing.
    if (!late && state.home.value?.areas.find((a) => a.letter === letter)?.late) return trail.open({ name: 'late', letter, items })
    const priorityClass = priority.value ? 'priority' : 'walk_in'
    const intent = [letter, priorityClass, ...items].join(' ')
    const request = requests.get(intent) ?? requestId()
    requests.set(intent, request)
    const wish: TicketRequest = { request, letter, items, class: priorityClass, language: locale.value === 'en' ? 'en' : 'zh', checked: checks.checkedOf(items), tookMs: begunMs > 0 ? Date.now() - begunMs : 0 }
    const ticket = await once(() => call<TicketPage>('Kiosk.Issue', wish))
    if (!ticket) return
    requests.delete(intent)
    begunMs = Date.now()
    const whole = { ...ticket, items: ticket.items ?? [] }
    taken.value = [...taken.value.filter((t) => t.area.letter !== letter), whole]
    trail.open({ name: 'ticket', ticket: whole })
  }

  async function lookUp(text: string): Promise<void> {
    const progress = await once(() => call<Progress>('Kiosk.Progress', text))
    if (!progress) return
    if (progress.booking) return trail.open({ name: 'booking', booking: progress.booking, own: true })
    if (!progress.found) {
      refusal.value = { code: 103, key: 'ticket_unknown', args: {} }
      return
    }
    trail.open({ name: 'found', progress: { ...progress, applications: progress.applications ?? [] }, code: text.includes(':') ? text : '' })
  }

  async function checkIn(code: string): Promise<void> {
    const request = requests.get(code) ?? requestId()
    requests.set(code, request)
    const ticket = await once(() => call<TicketPage>('Kiosk.CheckIn', request, code, locale.value))
    if (!ticket) return
    requests.delete(code)
    trail.open({ name: 'ticket', ticket: { ...ticket, items: ticket.items ?? [] } })
  }

  const printAgain = (ticket: string) => once(() => call<TicketPage>('Kiosk.Reprint', ticket))

  function leaveScreen(): void {
    refusal.value = null
  }

  function start(): void {
    person++
    busy.value = false
    refusal.value = null
    priority.value = false
    requests.clear()
    taken.value = []
    checks.forgetChecks()
    shape.forgetFit()
    trail.goHome()
  }

  return {
    ...state, ...help, ...shape, ...comfort, ...checks, ...createNarrowed(state), priority, refusal, busy, taken, take, lookUp, checkIn, printAgain,
    screen: trail.screen,
    depth: trail.depth,
    once(work) {
      const at = trail.screen.value
      return once(work, () => trail.screen.value === at)
    },
    open(next) { leaveScreen(); trail.open(next) },
    back() { leaveScreen(); trail.back() },
    goHome: start,
    wipe() { start(); help.dismissHelp(); comfort.resetComfort(); locale.value = 'zh' },
  }
}

const key: InjectionKey<Visit> = Symbol('visit')

export function provideVisit(): Visit {
  const visit = createVisit()
  provide(key, visit)
  return visit
}

export function useVisit(): Visit {
  const visit = inject(key)
  if (!visit) throw new Error('this screen belongs inside KioskApp')
  return visit
}
