// counts.mjs <report> <name of the run>: how many tests passed and failed, on stdout, out of Vitest's
// JSON report; on stderr each failure with the first line of its error.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

const [, , path, run] = process.argv
const { testResults, numPassedTests, numFailedTests } = JSON.parse(readFileSync(path, 'utf8'))
for (const file of testResults) {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed')
  for (const { fullName, failureMessages } of failed) say(file, fullName, failureMessages[0])
  // A file that could not be loaded, or whose hooks failed.
  if (file.status === 'failed' && failed.length === 0) say(file, 'the file itself', file.message)
}
process.stdout.write(`${numPassedTests} ${numFailedTests}\n`)

function say(file, test, error = '') {
  const [first] = error.split('\n')
  process.stderr.write(`failed: ${run}: ${relative('.', file.name)}: ${test}: ${first}\n`)
}
