import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { fakeTerminal, refuse } from './testing/fakeTerminal'
import { createCounter, type Counter } from './useCounter'

let terminal: ReturnType<typeof fakeTerminal>
vi.mock('../bridge', async (original) => ({
  ...(await original<object>()),
  call: (method: string, ...args: unknown[]) => terminal.call(method, ...args),
  onChanged: (fn: () => void) => terminal.listen(fn),
}))

async function start(): Promise<Counter> {
  let counter!: Counter
  mount(defineComponent({ setup() { counter = createCounter(); return () => null } }))
  await flushPromises()
  return counter
}
const ids = () => terminal.asked.filter((a) => a.method === 'Next').map((a) => a.args[0])

beforeEach(() => {
  terminal = fakeTerminal()
  terminal.atDesk()
})

describe('the counter', () => {
  it('asks again with the same id when the hub may have granted the call', async () => {
    const counter = await start()
    terminal.instead.set('Next', () => refuse('hub_unreachable'))
    expect(await counter.next()).toBe(false)
    expect(counter.refusal.value?.key).toBe('hub_unreachable')
    expect(await counter.next()).toBe(true)
    expect(ids()[0]).toBe(ids()[1])
    expect(counter.refusal.value).toBeNull()
  })

  it('asks with a new id after an answer, be it a ticket or a clear no', async () => {
    const counter = await start()
    terminal.instead.set('Next', () => refuse('nobody_waits'))
    await counter.next()
    await counter.next()
    terminal.set({ current: null })
    await counter.next()
    expect(new Set(ids()).size).toBe(3)
  })

  it('calls one person, however fast the key is pressed', async () => {
    const counter = await start()
    await Promise.all([counter.next(), counter.next(), counter.next()])
    expect(ids()).toHaveLength(1)
  })

  it('does not let an older picture replace a newer one', async () => {
    const counter = await start()
    const old = counter.page.value
    let release!: () => void
    terminal.instead.set('Page', () => new Promise((resolve) => { release = () => resolve(old) }))
    const slow = counter.refresh()
    await flushPromises()
    await counter.next()
    release()
    await slow
    expect(counter.current.value?.number).toBe('A058')
  })

  it('says that the program is silent, and takes it back', async () => {
    const counter = await start()
    terminal.instead.set('Page', () => refuse('internal'))
    await counter.refresh()
    expect(counter.lost.value).toBe(true)
    terminal.changed()
    await flushPromises()
    expect(counter.lost.value).toBe(false)
  })

  it('has lists where Go sends null', async () => {
    terminal.set({ recent: null as never, conflicts: null as never, services: null as never })
    const counter = await start()
    expect([counter.page.value?.recent, counter.page.value?.conflicts, counter.page.value?.services]).toEqual([[], [], []])
  })
})
