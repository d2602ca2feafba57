import type { Examples } from '../example'

export const examples: Examples = () => (['here', 'hall', 'centre'] as const).map((saved) => ({ name: saved, props: { saved } }))
