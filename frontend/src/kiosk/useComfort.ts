import { computed, onScopeDispose, reactive, watchEffect, type ComputedRef } from 'vue'

/** How somebody wants to see, hear and take their time; everything is off for the next person. */
export interface Comfort {
  /** 长辈版: type and targets a quarter larger. */
  big: boolean
  /** 高对比: 7:1 and more. */
  contrast: boolean
  /** 矮屏: every control between 380 and 1200 mm above the floor. */
  low: boolean
  /** 慢慢来: three times as long until the machine asks whether somebody is there. */
  slow: boolean
  /** 朗读, with volume and speed from 1 to 5. */
  speech: boolean
  volume: number
  speed: number
}

/** The five switches, in the order in which they are offered. */
export const switches = ['big', 'contrast', 'low', 'slow', 'speech'] as const

const usual: Comfort = { big: false, contrast: false, low: false, slow: false, speech: false, volume: 3, speed: 3 }

export interface ComfortState {
  comfort: Comfort
  /** True while anything is not as the next person will find it. */
  adjusted: ComputedRef<boolean>
  resetComfort(): void
}

/** The comfort of one person, shown on the page's root so that dialogs have it too. */
export function createComfort(): ComfortState {
  const comfort = reactive({ ...usual })
  const root = document.documentElement
  const mark = (name: string, value: string) => {
    if (value === '') delete root.dataset[name]
    else root.dataset[name] = value
  }
  watchEffect(() => mark('type', comfort.big ? 'big' : ''))
  watchEffect(() => mark('contrast', comfort.contrast ? 'high' : ''))
  onScopeDispose(() => ['type', 'contrast'].forEach((name) => mark(name, '')))
  return {
    comfort,
    adjusted: computed(() => Object.entries(usual).some(([name, value]) => comfort[name as keyof Comfort] !== value)),
    resetComfort: () => { Object.assign(comfort, usual) },
  }
}
