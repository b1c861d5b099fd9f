// Makes what browsers load of src/dashboard/browser: one script and one style sheet per page, into
// dashboard/assets of the folder that the argument names. What pages have in common is a chunk of its own.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const BROWSER = join(ROOT, 'src/dashboard/browser')

await build({
  entryPoints: ['overview', 'engine', 'runs', 'actions', 'missing']
    .map(name => join(BROWSER, `${name}.tsx`))
    .concat(join(BROWSER, 'icon.svg')),
  loader: { '.svg': 'copy' },
  outdir: join(process.argv[2] ?? join(ROOT, 'dist'), 'dashboard/assets'),
  chunkNames: 'shared-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'eof',
  logLevel: 'warning',
})
