import { expect, test } from 'vitest'
import { cellOf, csvOf } from '../src/files/csv'

test.each([
  ["=cmd|'/C calc'!A0", "'=cmd|'/C calc'!A0"],
  ['+1+cmd', "'+1+cmd"],
  ['-1:cmd', "'-1:cmd"],
  ['@SUM(1)', "'@SUM(1)"],
  ['\t=1', "'\t=1"],
  ['＝1+1', "'＝1+1"],
  ['=HYPERLINK("//evil","x")', '"\'=HYPERLINK(""//evil"",""x"")"'],
  ['\n=1', '"\'\n=1"'],
])('a cell that a spreadsheet would run, %j, is text', (value, cell) => {
  expect(cellOf(value)).toBe(cell)
})

test.each(['-1.50', '0', '12345678901234567890.12345678', 'plain', 'a=b'])('%s stays as it is', (value) => {
  expect(cellOf(value)).toBe(value)
})

test('a label ends no row and no cell', () => {
  expect(
    csvOf([
      ['a', 'b'],
      ['x","=1', 'y\r\n=2'],
    ]),
  ).toBe('\u{feff}a,b\r\n"x"",""=1","y\r\n=2"\r\n')
})
