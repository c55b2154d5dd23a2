/**
 * `npm test [-- SUITE…]`: installs what is missing, builds, and runs the suites named, or all that need
 * nothing built besides. A suite that fails does not
 * stop the others. What failed is named again at the end, where nobody has to search for it. The last line is
 * `N passed, N failed`; a suite that runs no test or dies counts as failed.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureInstalled, root } from './install.mjs';

/** Suites of mocha files, each with a test's limit in milliseconds. In the order in which they run. */
const mochaSuites = {
	unit: 20_000,
	model: 120_000,
	faults: 180_000,
	ui: 180_000,
	package: 600_000,
	remote: 1_800_000,
};

/** Run only when they are asked for by name: this one builds llama.cpp first, for ten minutes. */
const onRequest = ['remote'];

/**
 * Suites of which a file with a failed test runs once more, from its beginning in a new workbench; what failed before is named.
 * The UI alone: a workbench under load now and then loses the focus, a key or a change on disk, and that is not what is tested.
 */
const secondTry = ['ui'];

/** A check without tests of its own: one command, one result. */
const checks = {
	types: ['node_modules/typescript/bin/tsc', '-p', '.'],
	lint: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
};

const order = ['types', 'lint', 'unit', 'model', 'faults', 'integration', 'ui', 'package', 'remote'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !order.includes(name));
if (unknown.length > 0) {
	console.error(`No suite is called ${unknown.join(', ')}. There are: ${order.join(', ')}.`);
	process.exit(2);
}

try {
	ensureInstalled();
} catch (error) {
	console.error(`${error.message}\n0 passed, 1 failed`);
	process.exit(1);
}
const total = { passed: 0, failed: 0, skipped: 0 };
const rows = [];
const failures = [];
const secondTries = [];
// Without a build there is nothing to test, and old output must not pass for new.
if (await record('build', () => runCheck(['esbuild.mjs', '--tests'], true))) {
	const meant = (suite) => (asked.length > 0 ? asked.includes(suite) : !onRequest.includes(suite));
	for (const name of order.filter(meant)) {
		await record(name, () => runSuite(name));
	}
}
console.log(`\n${rows.join('\n')}\n`);
for (const title of failures) {
	console.log(`FAILED ${title}`);
}
for (const title of secondTries) {
	console.log(`TRIED AGAIN ${title}`);
}
if (total.skipped > 0) {
	console.log(`${total.skipped} skipped; the reason stands beside each, above`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

async function record(name, run) {
	console.log(`\n── ${name}`);
	const start = Date.now();
	const result = await run();
	total.passed += result.passed;
	total.failed += result.failed;
	total.skipped += result.skipped;
	const seconds = ((Date.now() - start) / 1000).toFixed(1);
	const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : '';
	const note = result.note === undefined ? '' : `  (${result.note})`;
	rows.push(
		`${name.padEnd(12)} ${String(result.passed).padStart(5)} passed, ${result.failed} failed${skipped}  ${seconds} s${note}`,
	);
	return result.failed === 0;
}

function runSuite(name) {
	if (name in checks) {
		return runCheck(checks[name]);
	}
	if (name === 'integration') {
		return runTests([path.join(root, 'test/integration/run.mjs')]);
	}
	const files = [...find(`out/test/${name}`), ...find(`test/${name}`)];
	if (files.length === 0) {
		return { passed: 0, failed: 1, skipped: 0, note: 'no test files' };
	}
	const words = [path.join(root, 'scripts/mocha.mjs'), `--timeout=${mochaSuites[name]}`];
	return runTests(
		[...words, ...files],
		secondTry.includes(name) ? (again) => [...words, ...again] : undefined,
	);
}

function find(folder) {
	const absolute = path.join(root, folder);
	if (!fs.existsSync(absolute)) {
		return [];
	}
	return fs
		.readdirSync(absolute, { recursive: true })
		.filter((file) => file.endsWith('.test.mjs'))
		.map((file) => path.join(absolute, file))
		.sort();
}

/** One command that passes or fails; the build is a step, so that it counts only when it fails. */
async function runCheck(words, isStep = false) {
	const { code } = await runNode(words);
	return { passed: code === 0 && !isStep ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** Runs a program that reports what passed and failed; `wordsFor` makes the one that runs some of its files again. */
async function runTests(words, wordsFor) {
	const { results, ending } = await report(words);
	const again = Object.keys(results).filter((file) => results[file].failed.length > 0);
	if (wordsFor !== undefined && again.length > 0 && again.every((file) => fs.existsSync(file))) {
		secondTries.push(...again.flatMap((file) => results[file].failed));
		console.log(`\nOnce more: ${again.map((file) => path.relative(root, file)).join(', ')}`);
		const second = await report(wordsFor(again));
		// A file that the second run says nothing of keeps what the first said.
		return summary({ ...results, ...second.results }, second.ending);
	}
	return summary(results, ending);
}

function summary(results, { code, signal }) {
	const files = Object.values(results);
	const failed = files.flatMap((file) => file.failed);
	failures.push(...failed);
	const result = {
		passed: files.reduce((sum, file) => sum + file.passed, 0),
		failed: failed.length,
		skipped: files.reduce((sum, file) => sum + file.skipped, 0),
	};
	if (result.passed + result.failed === 0) {
		return { ...result, failed: 1, note: `ran no test; it ended with ${signal ?? code}` };
	}
	if (code !== 0 && result.failed === 0) {
		return { ...result, failed: 1, note: `its tests passed, but it ended with ${signal ?? code}` };
	}
	return result;
}

/** Runs a program that writes `@@RESULT {json}` into TEST_REPORT, once for each run of mocha: results by test file. */
async function report(words) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	const file = path.join(folder, 'report.txt');
	const ending = await runNode(words, { TEST_REPORT: file });
	const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : [];
	fs.rmSync(folder, { recursive: true, force: true });
	const results = {};
	for (const line of lines.filter((text) => text.startsWith('@@RESULT '))) {
		Object.assign(results, JSON.parse(line.slice('@@RESULT '.length)));
	}
	return { results, ending };
}

function runNode(words, env = {}) {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, words, {
			cwd: root,
			stdio: ['ignore', 'inherit', 'inherit'],
			env: { ...process.env, ...env },
		});
		child.once('error', (error) => {
			console.error(error.message);
			resolve({ code: 1, signal: undefined });
		});
		child.once('exit', (code, signal) => resolve({ code, signal: signal ?? undefined }));
	});
}
