import { describe, expect, it } from 'vitest'
import { expectAccessible } from '../../testing/axe'
import { guide, material } from '../../testing/fixtures'
import { mountPart } from '../../testing/terminal'
import { countsOf, kindOf } from './kind'
import MaterialList from './MaterialList.vue'

describe('kindOf', () => {
  it.each([
    [{}, 'must'], [{ need: 'later' }, 'later'], [{ need: 'maybe' }, 'maybe'], [{ need: '' }, 'must'],
    [{ need: 'must', waivedBy: { zh: '公安户籍信息', en: '' } }, 'waived'],
  ] as const)('%j is %s', (more, kind) => expect(kindOf(material(1, more))).toBe(kind))
})

describe('countsOf', () => {
  it.each([
    [{ form: '原件', originals: 1 }, [{ form: 'original', n: 1 }]],
    [{ form: '原件核验', originals: 2 }, [{ form: 'checked', n: 2 }]],
    [{ form: '原件', originals: 1, copies: 2 }, [{ form: 'original', n: 1 }, { form: 'copy', n: 2 }]],
    [{ form: '复印件', originals: 0, copies: 1 }, [{ form: 'copy', n: 1 }]],
    [{ form: '电子件', originals: 0, copies: 0 }, [{ form: 'electronic', n: 1 }]],
    [{ form: '别的', originals: 0, copies: 0 }, [{ form: 'original', n: 1 }]],
  ])('%j is %j', (more, counts) => expect(countsOf(material(1, more))).toEqual(counts))
})

describe('MaterialList', () => {
  it.each([['zh', ['必要', '可后补', '免交', '视情况'], '民政婚姻登记信息'], ['en', ['Required', 'Can follow', 'Not needed', 'If it applies'], 'Marriage registration']] as const)(
    'says of each thing what to do about it (%s)', async (language, tags, set) => {
      const part = mountPart(MaterialList, { materials: guide.materials }, language)
      expect(part.findAll('.tag').map((e) => e.text())).toEqual(tags)
      expect(part.find('.waived').text()).toContain(set)
      await expectAccessible(part.element)
    })
})
