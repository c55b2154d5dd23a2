/**
 * Runs mocha over the files it is given, as a child process of its own; `--timeout=MS` is each test's limit. The
 * last line of the file named by TEST_REPORT is then `@@RESULT {json}`, with what passed and failed by file: its absence tells
 * that the run died.
 */
import fs from 'node:fs';
import Mocha from 'mocha';

const option = (name) => process.argv.find((word) => word.startsWith(`--${name}=`))?.split('=')[1];
const files = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const mocha = new Mocha({
	ui: 'bdd',
	reporter: process.env.TEST_REPORTER ?? 'spec',
	timeout: Number(option('timeout') ?? 10_000),
	forbidOnly: true,
	...(process.env.TEST_GREP ? { grep: process.env.TEST_GREP } : {}),
});
for (const file of files) {
	mocha.addFile(file);
}
await mocha.loadFilesAsync();
/** By test file: how many passed and were skipped, and what failed. */
const results = {};
const runner = mocha.run((failures) => {
	if (process.env.TEST_REPORT) {
		fs.writeFileSync(process.env.TEST_REPORT, `@@RESULT ${JSON.stringify(results)}\n`);
	}
	process.exit(failures > 0 ? 1 : 0);
});
runner.on('pass', (test) => resultOf(test).passed++);
runner.on('pending', (test) => resultOf(test).skipped++);
runner.on('fail', (test, error) => resultOf(test).failed.push(`${test.fullTitle()}: ${shortly(error)}`));

/** A hook that fails counts as a test of its file. */
function resultOf(test) {
	const file = test.file ?? test.parent?.file ?? 'no file';
	results[file] ??= { passed: 0, skipped: 0, failed: [] };
	return results[file];
}

/** Most characters of a failure as it is named at the end: the two values that are not equal stand below the first line. */
const MOST_SAID = 300;

/** What went wrong, and where in the tests, on one line: whoever reads of a failure that does not come again has nothing else. */
function shortly(error) {
	const lines = String(error?.message ?? error).split(/\s*\n\s*/);
	const place = /[\w.-]+\.test\.mjs:\d+/.exec(error?.stack ?? '')?.[0];
	return `${lines.join(' ').slice(0, MOST_SAID).trimEnd()}${place === undefined ? '' : ` (${place})`}`;
}
