// What a first visit transfers has a budget, and the build fails when it is over. React itself is three times as large; that
// build exists for comparison and is only told its size.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

// The limit for good is 60 KB; this one moves towards it only with reason (rooms, the log and the outbox took 10 KB).
const MOST = 40 * 1024;
const react = process.env.FW === 'react';
const dist = fileURLToPath(new URL(react ? '../dist-react' : '../dist', import.meta.url));

let sum = 0;
for (const file of readdirSync(dist, { recursive: true })) {
  if (/\.(html|css|js)$/.test(file)) sum += brotliCompressSync(readFileSync(join(dist, file))).length;
}
console.log(`html + css + js by brotli: ${sum} bytes${react ? '' : ` of ${MOST}`}`);
if (!react && sum > MOST) {
  console.error('the page is over its budget');
  process.exit(1);
}
