import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../src/command-declarations.ts'
import { COMMAND_OPTIONS, settingOptions } from '../src/command-options.ts'
import type { Option } from '../src/option-kinds.ts'
import { readTyped } from '../src/typed.ts'

const read = (...typed: string[]) => readTyped(typed, false)
const mistakes = (...typed: string[]) => read(...typed).mistakes

describe('a flag', () => {
  // yargs makes `no` of all of them but `true`: an up that was to make no calls would make them.
  it.each(['yes', 'on', '1', 'TRUE', 'true', 'no', 'off', '0', 'FALSE', 'nope', ''])(
    'keeps %j for the parser of its setting',
    text => {
      const { values, mistakes } = read('up', `--dry-run=${text}`, `--dashboard-write=${text}`)
      expect(values).toEqual({ 'dry-run': text, 'dashboard-write': text })
      expect(mistakes).toEqual([])
    },
  )

  it('says yes alone, and no with no- before it', () => {
    expect(read('up', '--dry-run').values).toEqual({ 'dry-run': 'yes' })
    expect(read('up', '--no-dry-run').values).toEqual({ 'dry-run': 'no' })
  })

  it.each([
    ['runs', 'follow'],
    ['runs', 'json'],
    ['producer', 'once'],
  ])('of %s alone, --%s, takes the same words and no others', (command, name) => {
    for (const word of ['yes', 'ON', '1']) {
      expect(read(command, `--${name}=${word}`).values).toEqual({ [name]: true })
    }
    expect(read(command, `--${name}=off`).values).toEqual({ [name]: false })
    expect(read(command, `--no-${name}`).values).toEqual({ [name]: false })
    expect(mistakes(command, `--${name}=nope`)).toEqual([
      `--${name}: expected yes or no, got "nope"`,
    ])
  })

  it('takes no value that stands apart', () => {
    expect(mistakes('up', '--dry-run', 'no')).toEqual(['--dry-run no: expected --dry-run=no'])
    expect(mistakes('up', '--no-dry-run=yes')).toEqual(['--no-dry-run: expected no value'])
  })

  it('means the same in every command that has it', () => {
    const kinds = new Map<string, string>()
    const all: Record<string, Option>[] = [settingOptions(), ...Object.values(COMMAND_OPTIONS)]
    for (const options of all) {
      for (const [name, { type }] of Object.entries(options)) {
        expect(kinds.get(name) ?? type, name).toBe(type)
        kinds.set(name, type)
      }
    }
  })
})

describe('a value', () => {
  it.each([`'x'`, '"x"', ' x ', '-x', '--x', '=x', 'a=b', 'x\ny', '€', '0x10'])(
    'stays as it was typed: %j',
    text => {
      expect(read('up', `--password=${text}`).values).toEqual({ password: text })
      expect(read('pause', 'default', `--reason=${text}`).values).toEqual({ reason: text })
    },
  )

  it('follows a name or a letter in every usual way', () => {
    for (const typed of [['-u', 'me'], ['-ume'], ['-u=me'], ['--username', 'me']]) {
      expect(read('up', ...typed)).toMatchObject({ values: { username: 'me' }, mistakes: [] })
    }
    expect(read('up', '-p==x').values).toEqual({ password: '=x' })
  })

  it('is not taken from the next option, and never shown', () => {
    const needed = '--password: expected a value; one that begins with - is typed --password=-…'
    expect(mistakes('up', '--password', '--dry-run')).toEqual([needed])
    expect(mistakes('up', '-p', '-s3cret').join()).not.toContain('s3cret')
    expect(mistakes('up', '--interval')).toEqual(['--interval: expected a value, got nothing'])
    expect(mistakes('pause', 'x', '--reason=')).toEqual(['--reason: expected a value, got nothing'])
  })

  it('passes the parser of its option', () => {
    expect(read('runs', '--limit', '5', '--job', 'GET-STATS').values).toEqual({
      limit: 5,
      job: 'get-stats',
    })
    expect(mistakes('stats', '--format', 'xml')).toEqual([
      '--format: expected one of table, csv, ndjson, json, got "xml"',
    ])
    expect(mistakes('runs', '--limit=x', '--job=y', '--since=z')).toEqual([
      '--limit: expected a whole number from 1 to 1000000, got "x"',
      '--job: expected one of update-engine, get-stats, got "y"',
      expect.stringMatching(/^--since: expected .*, got "z"$/),
    ])
  })

  it('that is given twice has to be the same', () => {
    const twice = (name: string) => [`--${name}: expected one value, got two that differ`]
    expect(mistakes('up', '--interval', '1', '--interval=2')).toEqual(twice('interval'))
    expect(mistakes('up', '-ume', '--username=you')).toEqual(twice('username'))
    expect(mistakes('up', '--dry-run', '--no-dry-run')).toEqual(twice('dry-run'))
    expect(mistakes('up', '--dry-run', '--dry-run=1', '-ume', '-u', 'me')).toEqual([])
  })

  it('is not there for what is no flag but taken back', () => {
    expect(mistakes('up', '--no-interval')).toEqual([
      '--no-interval: --interval is no flag, it takes a value',
    ])
  })
})

describe('what nobody understands', () => {
  it.each([
    [['wroker'], 'Unknown: wroker (did you mean worker?)'],
    [['stauts'], 'Unknown: stauts (did you mean status or stats?)'],
    [['start'], 'Unknown: start (did you mean up?)'],
    [['help'], 'Unknown: help (did you mean --help?)'],
    [['worker', '--intervall=3'], 'Unknown: --intervall (did you mean --interval?)'],
    [['worker', '--dryRun'], 'Unknown: --dryRun (did you mean --dry-run?)'],
    [['worker', '--dry-rnu'], 'Unknown: --dry-rnu (did you mean --dry-run?)'],
    [['worker', '--no-dryrun'], 'Unknown: --no-dryrun (did you mean --dry-run?)'],
    [['worker', '-username', 'me'], 'Unknown: -username (did you mean --username?)'],
    [
      ['worker', '--user=me'],
      'Unknown: --user (did you mean --username or --username-file or --dashboard-user?)',
    ],
    [['worker', '-x'], 'Unknown: -x'],
    [['worker', '-xs3cret'], 'Unknown: -x'],
    [['audit', '--watch'], 'Unknown: --watch (not an option of this command)'],
    [['pause', 'default', '--follow'], 'Unknown: --follow (not an option of this command)'],
    [['up', 'status'], 'Unknown: status (up takes options only)'],
    [['pause', 'a', 'b'], 'Unknown: b (pause takes one target and options)'],
    [['up', '--', '--dry-run'], '--dry-run: no options are read after --'],
    [['up', '--passwrd', 's3cret'], 'Unknown: --passwrd (did you mean --password?)'],
    [['up', '--', '--password=s3cret'], '--password: no options are read after --'],
    [['up', '--env-file', 'x'], /^--env-file: Node\.js takes .* --settings <file>$/],
    [['up', '--env-file-if-exists=x'], /^--env-file-if-exists: Node\.js takes /],
  ] as const)('is refused: %j', (typed, message) => {
    expect(mistakes(...typed)).toEqual([
      typeof message === 'string' ? message : expect.stringMatching(message),
    ])
  })

  it('is explained under npm start, which is up', () => {
    expect(readTyped(['up', 'status'], true).mistakes).toEqual([
      'Unknown: status (npm start runs up; for this one type npx hft-scheduler status)',
    ])
    expect(readTyped(['up', 's3cret', 'x'], true).mistakes).toEqual([
      'Unknown words: options follow a --, as in npm start -- --interval 1',
    ])
  })

  it('comes all at once', () => {
    expect(mistakes('up', 'x', '--y', '--dry-run', 'yes', '--sim-latency=z')).toHaveLength(4)
    expect(mistakes('simulate', '--fail="mint"', '--generation=3').join()).toMatch(
      /^--fail: expected one of .*, got "\\"mint\\"",--generation: expected one of .*, got "3"$/,
    )
  })

  it('does not keep help, version and completion from being shown', () => {
    expect(read('up', '--dry-run=x', '--nope', '--help')).toMatchObject({
      words: ['up', '--help'],
      mistakes: [],
    })
    expect(read('-h')).toMatchObject({ words: ['--help'], mistakes: [] })
    expect(mistakes('up', '--help=no')).toEqual(['Unknown: --help'])
    expect(read('--version', '--nope')).toMatchObject({ words: ['--version'], mistakes: [] })
    const asked = ['--get-yargs-completions', 'hft-scheduler', 'up', '--dry']
    expect(read(...asked)).toEqual({ words: asked, values: {}, mistakes: [] })
  })
})

it('leaves commands, names and what is demanded to the parser', () => {
  expect(read('--json', 'trigger', 'default/get-stats').words).toEqual([
    'trigger',
    'default/get-stats',
    '--json=yes',
  ])
  for (const name of Object.keys(COMMANDS)) expect(mistakes(name)).toEqual([])
})
