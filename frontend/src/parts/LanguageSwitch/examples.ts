import type { Examples } from '../example'

export const examples: Examples = () => [{ name: 'each language in itself' }]
