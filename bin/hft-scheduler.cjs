#!/usr/bin/env node
// Starts the program. npx keeps a link to this file for good, so it stands in the repository, unlike
// what is built; and an old Node.js can read it, or it could not say that it is too old.
'use strict'

var path = require('path')
var needed = require('../package.json').engines.node.replace('>=', '')
var found = process.versions.node
var message = 'Node.js ' + needed + ' or newer is needed, this is ' + found

if (older(found, needed)) {
  console.error('hft-scheduler: ' + message + ': https://nodejs.org')
  process.exit(2)
}
// Node would open a debugger's port until the program listens itself.
process.on('SIGUSR1', function () {})
require(path.join(__dirname, 'start.cjs'))

function older(version, least) {
  var is = version.split('.').map(Number)
  var wanted = least.split('.').map(Number)
  if (is[0] !== wanted[0]) return is[0] < wanted[0]
  return is[1] < (wanted[1] || 0)
}
