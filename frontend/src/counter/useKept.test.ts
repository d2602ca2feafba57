import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive, ref, type EffectScope } from 'vue'
import { emptyDisclosure } from './desk'
import { useKeptForm } from './useKept'
import { useNote } from './useNote'

/** What the program has of each form and visit. */
let kept: Record<string, string>
vi.mock('../bridge', async (original) => ({
  ...(await original<object>()),
  call: async (method: string, form: string, ticket: string, text: string) => {
    if (method === 'Counter.KeepDraft') kept[`${form} ${ticket}`] = text
    return method === 'Counter.Draft' ? kept[`${form} ${ticket}`] ?? '' : undefined
  },
}))

let scope: EffectScope
async function desk(at = '') {
  const ticket = ref(at)
  const asking = reactive(emptyDisclosure())
  const notes = reactive<Record<string, string>>({})
  scope = effectScope()
  scope.run(() => {
    useKeptForm('disclosure', asking, emptyDisclosure, ticket)
    useKeptForm('notes', notes, () => ({}))
  })
  await flushPromises()
  return { ticket, asking, notes }
}

beforeEach(() => { kept = {} })

describe('a form that is kept', () => {
  it('is there again after the program died at any key, and is empty where it was', async () => {
    const text = '申请公开2016年桂花路'
    let now = await desk('t1')
    for (const [n, letter] of [...text].entries()) {
      expect(now.asking.asked).toBe(text.slice(0, n))
      now.asking.asked += letter
      await nextTick()
      scope.stop()
      await flushPromises()
      now = await desk('t1')
    }
    expect(now.asking).toEqual({ ...emptyDisclosure(), asked: text })
  })

  it('is dropped when it was sent or thrown away', async () => {
    const { asking } = await desk('t1')
    asking.asked = '申请公开'
    await flushPromises()
    expect(kept['disclosure t1']).toContain('申请公开')
    Object.assign(asking, emptyDisclosure())
    await flushPromises()
    expect(kept['disclosure t1']).toBe('')
  })

  it('goes with its visit, and a letter that was being written comes back after it', async () => {
    const { ticket, asking } = await desk()
    asking.asked = '来信'
    await flushPromises()
    ticket.value = 't1'
    await flushPromises()
    expect(asking.asked).toBe('')
    asking.asked = '当面'
    await flushPromises()
    ticket.value = 't2'
    expect(asking.asked).toBe('')
    await flushPromises()
    ticket.value = ''
    await flushPromises()
    expect(asking.asked).toBe('来信')
    expect(kept['disclosure t1']).toContain('当面')
    expect(kept['disclosure t2']).toBeUndefined()
  })

  it('keeps what is half written about ratings, requests and applications, each for itself', async () => {
    const { notes } = await desk('t1')
    const one = useNote(notes, () => 'id-A021')
    const other = useNote(notes, () => 'JN-G0003')
    one.value = '已联系'
    other.value = '不公开'
    other.value = ''
    await flushPromises()
    scope.stop()
    const again = (await desk('t2')).notes
    expect({ ...again }).toEqual({ 'id-A021': '已联系' })
    useNote(again, () => 'id-A021').value = ''
    await flushPromises()
    expect(kept['notes ']).toBe('')
  })
})
