// SPDX-License-Identifier: Apache-2.0
// node interop.js hash PASSWORD | compare PASSWORD HASH | sign CLAIMS SECRET | verify TOKEN SECRET
'use strict';
const bcrypt = require('bcryptjs');
const jwt = require('jsonwebtoken');

const [what, first, second] = process.argv.slice(2);
const answers = {
  hash: () => bcrypt.hashSync(first, 10).replace(/^\$2a\$/, '$2b$'),
  compare: () => String(bcrypt.compareSync(first, second)),
  sign: () => jwt.sign(JSON.parse(first), second, { algorithm: 'HS256', expiresIn: '5m' }),
  verify: () => JSON.stringify(jwt.verify(first, second, { algorithms: ['HS256'] })),
};
console.log(answers[what]());
