/** `npm run pictures`: takes the pictures of the walkthrough anew, by the UI test that goes through it. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { ensureInstalled, root } from './install.mjs';

ensureInstalled();
const run = (...words) => execFileSync(process.execPath, words, { cwd: root, stdio: 'inherit', env });
const env = { ...process.env, FAMILIAR_PICTURES: path.join(root, 'media/walkthrough') };
run('esbuild.mjs', '--tests');
run('scripts/mocha.mjs', '--timeout=180000', 'test/ui/walkthrough.test.mjs');
