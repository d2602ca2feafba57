import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, onChanged, onScan, refusalOf, requestId } from './bridge'

const reply = (status: number, body: unknown) => vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status })))

beforeEach(() => {
  delete window.go
  delete window.runtime
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('call in a browser', () => {
  it('posts the arguments as a list and gives the value', async () => {
    const fetched = reply(200, { value: [1] })
    vi.stubGlobal('fetch', fetched)
    expect(await call('Kiosk.Items', 'B')).toEqual([1])
    const [url, init] = fetched.mock.calls[0] as unknown as [string, RequestInit]
    expect([url, init.method, init.body]).toEqual(['/rpc/Kiosk.Items', 'POST', '["B"]'])
  })

  it('rejects with the refusal', async () => {
    vi.stubGlobal('fetch', reply(409, { refusal: { code: 701, key: 'disk_full' } }))
    await expect(call('Kiosk.Issue', {})).rejects.toEqual({ code: 701, key: 'disk_full', args: {} })
  })

  it.each([
    ['nothing answers', vi.fn(() => Promise.reject(new TypeError('failed')))],
    ['the answer is no JSON', vi.fn(() => Promise.resolve(new Response('<html>', { status: 502 })))],
    ['the answer has no reason', reply(500, {})],
  ])('says "internal" when %s', async (_, fetched) => {
    vi.stubGlobal('fetch', fetched)
    await expect(call('Kiosk.Home')).rejects.toEqual({ code: 899, key: 'internal', args: {} })
  })
})

describe('call in the window', () => {
  it('goes to the bound method and not over the network', async () => {
    const fetched = vi.fn()
    vi.stubGlobal('fetch', fetched)
    const bound = vi.fn(() => Promise.resolve('here'))
    window.go = { screen: { Kiosk: { Items: bound } } }
    expect(await call('Kiosk.Items', 'B')).toBe('here')
    expect(bound).toHaveBeenCalledWith('B')
    expect(fetched).not.toHaveBeenCalled()
  })

  it('says "internal" for a method that is not bound', async () => {
    window.go = { screen: {} }
    await expect(call('Board.Page')).rejects.toMatchObject({ key: 'internal' })
  })

  it('gives up on an answer that never comes', async () => {
    vi.useFakeTimers()
    window.go = { screen: { Kiosk: { Home: () => new Promise(() => undefined) } } }
    const asked = expect(call('Kiosk.Home')).rejects.toMatchObject({ key: 'internal' })
    await vi.advanceTimersByTimeAsync(15_000)
    await asked
  })
})

describe('refusalOf', () => {
  it.each([
    [{ code: 201, key: 'ticket_state', args: { number: 'B012' } }, { code: 201, key: 'ticket_state', args: { number: 'B012' } }],
    ['{"code":201,"key":"ticket_state"}', { code: 201, key: 'ticket_state', args: {} }],
    ['runtime error: index out of range', { code: 899, key: 'internal', args: {} }],
    [new Error('boom'), { code: 899, key: 'internal', args: {} }],
    [undefined, { code: 899, key: 'internal', args: {} }],
  ])('reads %j', (thrown, read) => expect(refusalOf(thrown)).toEqual(read))
})

describe('onChanged', () => {
  it('asks at once, and however often something changes one at a time with a rest behind it', async () => {
    vi.useFakeTimers()
    let tell = () => undefined as void
    window.runtime = { EventsOn: (name, fn) => { if (name === 'changed') tell = fn; return () => undefined } }
    let answer = () => undefined as void
    const asked = vi.fn(() => new Promise<void>((done) => { answer = done }))
    const stop = onChanged(asked)
    for (let n = 0; n < 20; n++) tell()
    expect(asked).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(900)
    expect(asked).toHaveBeenCalledTimes(1) // the answer is not there yet
    answer()
    await vi.advanceTimersByTimeAsync(99)
    expect(asked).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toHaveBeenCalledTimes(2) // the nineteen others, in one
    answer()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked).toHaveBeenCalledTimes(2)
    tell()
    expect(asked).toHaveBeenCalledTimes(3)
    asked.mockImplementationOnce(() => Promise.reject(new Error('once')))
    answer()
    tell()
    await vi.advanceTimersByTimeAsync(200)
    expect(asked).toHaveBeenCalledTimes(4)
    tell()
    expect(asked, 'one that went wrong is not the last').toHaveBeenCalledTimes(5)
    stop()
  })

  it('hears the window and polls besides, until it is stopped', async () => {
    vi.useFakeTimers()
    let tell = () => undefined as void
    const off = vi.fn()
    window.runtime = { EventsOn: (name, fn) => { if (name === 'changed') tell = fn; return off } }
    const heard = vi.fn()
    const stop = onChanged(heard)
    tell()
    expect(heard).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(heard).toHaveBeenCalledTimes(2)
    stop()
    expect(off).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(heard).toHaveBeenCalledTimes(2)
  })

  it('opens a stream in a browser and opens it anew after a clear no', () => {
    vi.useFakeTimers()
    const made: { onerror?: () => void; readyState: number; close: () => void; addEventListener: (n: string, f: () => void) => void; fire?: () => void }[] = []
    class Source {
      static CLOSED = 2
      readyState = 1
      onerror?: () => void
      fire?: () => void
      close = vi.fn()
      constructor(readonly url: string) { made.push(this) }
      addEventListener(name: string, fn: () => void) { if (name === 'changed') this.fire = fn }
    }
    vi.stubGlobal('EventSource', Source)
    const heard = vi.fn()
    const stop = onChanged(heard)
    made[0]!.fire!()
    expect(heard).toHaveBeenCalledTimes(1)
    made[0]!.onerror!()
    vi.advanceTimersByTime(3_000)
    expect(made.length).toBe(1)
    made[0]!.readyState = 2
    made[0]!.onerror!()
    vi.advanceTimersByTime(3_000)
    expect(made.length).toBe(2)
    stop()
    expect(made[1]!.close).toHaveBeenCalledOnce()
  })
})

describe('requestId', () => {
  it('is made anew each time, also where the page is no secure context', () => {
    expect(requestId()).not.toBe(requestId())
    vi.stubGlobal('crypto', { getRandomValues: (b: Uint8Array) => b.fill(171) })
    expect(requestId()).toBe('ab'.repeat(16))
  })
})

describe('a scanner on a serial line', () => {
  it('brings what it reads, in the window', () => {
    const on = new Map<string, (...args: unknown[]) => void>()
    const stopped = vi.fn()
    window.runtime = { EventsOn: (name, fn) => { on.set(name, fn); return stopped } }
    const seen: string[] = []
    const stop = onScan((text) => seen.push(text))
    on.get('scan')?.({ text: 'OW1:ABC' })
    on.get('scan')?.({})
    expect(seen).toEqual(['OW1:ABC'])
    stop()
    expect(stopped).toHaveBeenCalledTimes(2)
    delete window.runtime
  })
})
