/**
 * `npm run bench:NAME`, or `node scripts/bench.mjs [--quick] [NAME…] [-- WORD…]`: installs what is missing, builds what is
 * shipped, and runs the benches named, or all, one after the other, with `--quick` in one round. What stands behind `--`
 * is handed on to them. A missed aim is printed and does not fail; a bench that could not measure does.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensureInstalled, root } from './install.mjs';

const known = fs
	.readdirSync(path.join(root, 'test/bench'))
	.filter((file) => file.endsWith('.bench.ts'))
	.map((file) => file.slice(0, -'.bench.ts'.length))
	.sort();
const words = process.argv.slice(2).filter((word) => word !== '--quick');
const end = words.includes('--') ? words.indexOf('--') : words.length;
const asked = words.slice(0, end);
const handedOn = words.slice(end + 1);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
	console.error(`No bench is called ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
	process.exit(2);
}

if (process.argv.includes('--quick')) {
	process.env.BENCH_ROUNDS ??= '1';
}
ensureInstalled();
if (runNode([path.join(root, 'esbuild.mjs'), '--tests', '--production']) !== 0) {
	process.exit(1);
}
const failed = [];
for (const name of asked.length > 0 ? asked : known) {
	console.log('');
	if (runNode([path.join(root, 'out/test/bench', `${name}.bench.mjs`), ...handedOn]) !== 0) {
		failed.push(name);
	}
}
if (failed.length > 0) {
	console.error(`\ncould not measure: ${failed.join(', ')}`);
	process.exit(1);
}

/** Runs Node with the words in the checkout, its output passed through; returns the exit code. */
function runNode(words) {
	const { status } = spawnSync(process.execPath, words, {
		cwd: root,
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	return status ?? 1;
}
