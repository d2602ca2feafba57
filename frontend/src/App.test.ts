import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import App from './App.vue'
import { createWords } from './i18n'
import { terminal } from './testing/terminal'

afterEach(() => vi.useRealTimers())

describe('App', () => {
  it('shows the screens of the terminal\'s role and takes its millimetres', async () => {
    terminal()
    const page = mount(App, { global: { plugins: [createWords('zh')] } })
    await vi.waitFor(() => expect(page.find('main[data-screen="home"]').exists()).toBe(true))
    expect(document.documentElement.dataset['role']).toBe('kiosk')
    expect(document.documentElement.style.getPropertyValue('--mm')).toBe('2.7px')
    expect(document.documentElement.lang).toBe('zh-CN')
  })

  it('says so while the program does not answer, and goes on by itself', async () => {
    vi.useFakeTimers()
    const { kiosk } = terminal()
    const place = window.go!.screen!['Terminal']!['Place']!
    window.go!.screen!['Terminal']!['Place'] = () => Promise.reject('down')
    const page = mount(App, { global: { plugins: [createWords('zh')] } })
    await flushPromises()
    expect(page.find('[role="status"]').text()).toContain('没有响应')
    window.go!.screen!['Terminal']!['Place'] = place
    await vi.advanceTimersByTimeAsync(1000)
    vi.useRealTimers()
    await vi.waitFor(() => expect(kiosk['Home']).toHaveBeenCalled())
  })
})
