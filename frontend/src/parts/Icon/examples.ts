import { shapes, type IconName } from './shapes'
import type { Examples } from '../example'

export const examples: Examples = () => (Object.keys(shapes) as IconName[]).map((name) => ({ name, props: { name } }))
