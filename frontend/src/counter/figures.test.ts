import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createWords, type Language } from '../i18n'
import CounterApp from './CounterApp.vue'
import { fakeTerminal, figureRow, hallNow, ownDay, refuse } from './testing/fakeTerminal'

let terminal: ReturnType<typeof fakeTerminal>
vi.mock('../bridge', async (original) => ({
  ...(await original<object>()),
  call: (method: string, ...args: unknown[]) => terminal.call(method, ...args),
  onChanged: (fn: () => void) => terminal.listen(fn),
}))

async function open(language: Language = 'zh'): Promise<VueWrapper> {
  const app = mount(CounterApp, { attachTo: document.body, global: { plugins: [createWords(language)] } })
  await flushPromises()
  await flushPromises()
  return app
}

const press = async (key: string) => {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey: true, cancelable: true }))
  await flushPromises()
}

beforeEach(() => {
  localStorage.clear()
  terminal = fakeTerminal()
})

describe('the own day', () => {
  it('tells what the clerk did, with a dash where nothing was seen', async () => {
    terminal.atDesk()
    const app = await open()
    await press('m')
    expect(app.find('[data-own-fact="visits"] dd').text()).toBe('11')
    expect(app.find('[data-own-fact="service"] dd').text()).toBe('9.0 / 17 分钟')
    expect(app.findAll('[data-own] svg')[1]!.findAll('rect')).toHaveLength(11)
    await press('m')
    expect(app.find('[data-own]').exists()).toBe(false)
    terminal.instead.set('OwnDay', () => ({ ...ownDay(), whole: figureRow(), hours: null, visits: null }))
    await press('m')
    expect(app.find('[data-own-fact="service"] dd').text()).toBe('–')
    app.unmount()
  })
})

describe('the hall', () => {
  it('is for supervisors: nobody else has the tab, nor does its key do anything', async () => {
    terminal.atDesk()
    const app = await open()
    await press('h')
    expect(app.find('[data-panel="hall"]').exists()).toBe(false)
    expect(terminal.asked.some((a) => a.method === 'HallNow')).toBe(false)
    app.unmount()
  })

  it('names what to do first, and asks again when the hall has changed', async () => {
    terminal.set({ ...terminal.atDesk(), supervisor: true })
    const app = await open('en')
    await press('h')
    expect(app.find('[data-advice]').text()).toContain('Opening window B12 for Social and medical insurance now saves about 340 minutes')
    expect(app.find('[data-at="B01"]').attributes('aria-label')).toContain('serving')
    expect(app.find('[data-queue="D"]').text()).toContain('–')
    terminal.instead.set('HallNow', () => hallNow({ advice: [] }))
    terminal.changed()
    await flushPromises()
    await flushPromises()
    expect(app.find('[data-advice]').exists()).toBe(false)
    app.unmount()
  })

  it('withdraws a ticket for a reason and no other way', async () => {
    terminal.set({ ...terminal.atDesk(), supervisor: true })
    const app = await open()
    await press('h')
    await app.find('#withdraw-no').setValue('b017')
    await app.find('form.withdraw').trigger('submit')
    await flushPromises()
    expect(app.find('#withdraw-fault').exists()).toBe(true)
    await app.find('form.withdraw [data-choice="system_down"]').setValue()
    await app.find('form.withdraw').trigger('submit')
    await flushPromises()
    expect(terminal.asked.find((a) => a.method === 'Withdraw')?.args).toEqual(['B017', 'system_down'])
    app.unmount()
  })

  it('is seen without a window, and says why where it may not be', async () => {
    terminal.set({ clerk: 'li', clerkName: '李(样例)', supervisor: true })
    terminal.instead.set('HallNow', () => refuse('supervisor_only'))
    const app = await open()
    await app.find('[data-act="seeHall"]').trigger('click')
    await flushPromises()
    expect(app.text()).toContain('主管')
    await app.find('[data-act="leaveHall"]').trigger('click')
    await flushPromises()
    expect(app.find('#window-no').exists()).toBe(true)
    app.unmount()
  })
})

describe('by number', () => {
  it('offers the withdrawal to whom it is left', async () => {
    terminal.set({ ...terminal.atDesk(), mayWithdraw: false })
    const app = await open()
    await app.find('[data-panel="number"]').trigger('click')
    await flushPromises()
    expect(app.find('[data-choice="withdraw"]').exists()).toBe(false)
    expect(app.find('[data-choice="cancel"]').exists()).toBe(true)
    app.unmount()
  })
})
