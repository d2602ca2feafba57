import type { Component } from 'vue'
import type { Examples } from '../parts/example'

const lists = import.meta.glob<Examples>('../parts/*/examples.ts', { eager: true, import: 'examples' })
const files = import.meta.glob<Component>('../parts/*/*.vue', { eager: true, import: 'default' })

export interface Part {
  name: string
  part: Component
  examples: Examples | undefined
}

/** Every part that has a folder, with its own examples. */
export const parts: Part[] = Object.entries(files).map(([path, part]) => {
  const name = /([^/]+)\.vue$/.exec(path)![1]!
  return { name, part, examples: lists[`../parts/${name}/examples.ts`] }
})
