import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { describe, expect, it, test } from 'vitest'
import { doubtsIn, mistakesIn } from '../src/env-file.ts'
import { workplace } from './fixtures/cli.ts'

const mistakes = (text: string) => mistakesIn(text)
const [NAME, DRY] = ['SCHEDULER_ENGINEAPI_PASSWORD', 'SCHEDULER_DRY_RUN']

describe('a value of .env', () => {
  it.each([
    ['an unclosed quote', `${NAME}="abc\n${DRY}=yes\n`, `begins with " and does not end with it`],
    ['one that a later quote closes', `${NAME}="abc\n${DRY}=yes\nX=y"\n`, 'closed only in line 3'],
    ['one with a letter behind it', `${NAME}="abc"d\n`, `begins with " and does not end with it`],
    ['an unclosed single quote', `${NAME}='abc # x\n`, `begins with ' and does not end with it`],
    ['an unclosed backtick', `${NAME}=\`abc\n`, 'begins with ` and does not end with it'],
    ['a quote alone', `${NAME}="\n`, `begins with " and does not end with it`],
    ['a line break', `${NAME}="it's\\new"\n`, '\\n in double quotes is a line break'],
    ['a return', `${NAME}="a\\rb"\n`, '\\r in double quotes is a line break'],
    ['quotes of a word processor', `${NAME}=“abc”\n`, '“ is no quotation mark here'],
  ])('is a mistake with %s', (_, text, why) => {
    expect(mistakes(`# first\n${text}`)).toEqual([
      expect.stringContaining(`${NAME} (.env, line 2): `),
    ])
    expect(mistakes(text)[0]).toContain(why)
  })

  it.each([
    `'it is\\new'`,
    '"it\'s new"',
    `'say "x"'`,
    `"say "x""`,
    '"a" # comment',
    "'#'",
    '`it\'s\\new "x"`',
    'plain',
    '',
    '""',
    'a"b',
    '"C:\\temp" # not \\n',
  ])('is none as %s', value => {
    for (const end of ['\n', '\r\n', '\r', ''])
      expect(mistakes(`${NAME}=${value}${end}`)).toEqual([])
  })

  it('says which settings an unclosed quote takes for part of the value, whoever it belongs to', () => {
    const text = `A=1\nOTHER="abc\n${DRY}=yes\nexport ${NAME} = x\nB="\n`
    for (const given of [text, text.replaceAll('\n', '\r\n')]) {
      expect(parse(given)).not.toHaveProperty(DRY)
      expect(mistakes(given)).toEqual([
        `OTHER (.env, line 2): its quotation mark is closed only in line 5, which makes ${DRY} (line 3), ${NAME} (line 4) part of the value`,
      ])
    }
  })

  it('may have many lines where it is of another program', () => {
    expect(mistakes('PEM="-----BEGIN\nabc=\n-----END"\nSCHEDULER_INTERVAL=1\n')).toEqual([])
  })

  it.each([
    `${DRY} yes`,
    DRY,
    `export ${DRY}`,
    `${DRY}:yes`,
    `set ${DRY}=yes`,
    `$env:${DRY}="yes"`,
    `declare -x ${DRY}="yes"`,
    `- ${DRY}=yes`,
    `"${DRY}": "yes"`,
    'scheduler_dry_run=yes',
    'SCHEDULER-DRY-RUN=yes',
    'Scheduler.Dry.Run = yes',
  ])('is not passed over without a word: %s', line => {
    expect(parse(line)).not.toHaveProperty(DRY)
    expect(mistakes(`A=1\n${line}\nB=2`)).toEqual([
      `${DRY} (.env, line 2): expected ${DRY}=<value>`,
    ])
  })

  it.each([
    `# ${DRY} yes`,
    ` #${DRY}=yes`,
    `A=${DRY}`,
    `OTHER="\n${NAME} is\n"`,
    ` export ${DRY} = yes`,
    `${DRY}: yes`,
  ])('is none of ours, or fine: %j', line => expect(mistakes(line)).toEqual([]))

  it.each([
    ['A=1', 'A'],
    ["A='1'", 'A'],
    [`${NAME}=s3cret`, NAME],
    [`export ${NAME}=s3cret;`, NAME],
    [`${NAME}=s3cret && export`, NAME],
  ])('takes in no setting that stands behind it: %s', (before, name) => {
    const line = `${before} ${DRY}=yes`
    expect(parse(line)).not.toHaveProperty(DRY)
    expect(mistakes(`X=1\n${line}`)).toEqual([
      `${name} (.env, line 2): ${DRY}= is part of its value; give it a line of its own`,
    ])
    expect(mistakes(`X=1\n${before} # ${DRY}=yes`)).toEqual([])
    expect(mistakes(`A="${line}"`)).toEqual([])
  })

  it('is given once', () => {
    expect(mistakes(`${DRY}=yes\nX=1\nX=2\nexport ${DRY} = no\n${DRY}=no`)).toEqual([
      `${DRY} (.env, line 4): given in line 1 already; keep one of the two`,
      `${DRY} (.env, line 5): given in line 1 already; keep one of the two`,
    ])
  })

  it('ends before a #, which is said where the # may have been meant', () => {
    const said = [`${DRY} (.env): the value ends before the #; put it in single quotes to keep it`]
    for (const value of ['a#b', '#b']) expect(doubtsIn(`${DRY}=${value}`)).toEqual(said)
    for (const value of ['', ' # b', '# b', 'a # b', "'#b'"]) {
      expect(doubtsIn(`${DRY}=${value}`)).toEqual([])
    }
  })

  it('keeps its backslashes, which is said where it looks otherwise', () => {
    const said = [
      `${NAME} (.env, line 1): a backslash does not escape there, it is part of the value`,
    ]
    expect(parse(`A="a\\"b"`).A).toBe('a\\"b')
    for (const value of ['"a\\"b"', '"a\\\\b"', "'a\\'b'"]) {
      expect(doubtsIn(`${NAME}=${value}`)).toEqual(said)
    }
    for (const value of ["'a\\\\b'", '"a\\b"', 'a\\"b'])
      expect(doubtsIn(`${NAME}=${value}`)).toEqual([])
  })
})

const ENGINE = 'SCHEDULER_ENGINEAPI_USERNAME=me\nSCHEDULER_ENGINEAPI_PASSWORD=s3cret\n'

/** What `worker` says to such a file; it must not come as far as to call. */
test.for<[name: string, content: Buffer, said: string]>([
  [
    'a quote that hides the dry run',
    Buffer.from(`${ENGINE}SCHEDULER_WORKER_NAME="abc\n${DRY}=yes\n# "\n`),
    `SCHEDULER_WORKER_NAME (.env, line 3): its quotation mark is closed only in line 5, which makes ${DRY} (line 4) part`,
  ],
  ['UTF-16 with its mark', Buffer.from(`\uFEFF${ENGINE}`, 'utf16le'), '.env is UTF-16: save it'],
  ['UTF-16 without', Buffer.from(`${ENGINE}${DRY}=yes`, 'utf16le'), '.env is UTF-16: save it'],
  ['Latin-1', Buffer.from(`${ENGINE}X=é`, 'latin1'), 'the file .env is not UTF-8 (line 3)'],
  [
    'a NUL',
    Buffer.from(`A=1\n${ENGINE.replace('3', '\0')}`),
    '.env holds a NUL character (line 3)',
  ],
  ['a megabyte', Buffer.alloc(1_100_000, '#'), 'the file .env is larger than 65,536 bytes'],
])('a command that finds an .env with %s ends with one sentence', async ([, content, said], t) => {
  const place = await workplace(t)
  await writeFile(join(place.dir, '.env'), content)
  const { code, stdout, stderr } = await place.run(['worker'], { REDIS_URL: 'redis://127.0.0.1:1' })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(said)
  expect(stderr).not.toContain('s3cret')
})

test('an .env with the mark of UTF-8 before it is read as it looks', async t => {
  const place = await workplace(t)
  await writeFile(join(place.dir, '.env'), `\uFEFF${DRY}=yes\r\n${ENGINE}`)
  const { code, stdout } = await place.run(['check', '--json'])
  expect([code, stdout]).toEqual([0, expect.stringContaining('"dry-run","value":true')])
})
