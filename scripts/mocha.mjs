/**
 * Runs mocha over the files it is given, as a child process of its own; `--timeout=MS` is each test's limit. The last line of
 * the file named by TEST_REPORT is then `@@RESULT {json}`: its absence tells that the run died.
 */
import fs from 'node:fs';
import Mocha from 'mocha';

const limit = process.argv.find((word) => word.startsWith('--timeout='));
const files = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const mocha = new Mocha({
	ui: 'bdd',
	reporter: process.env.TEST_REPORTER ?? 'spec',
	timeout: Number(limit?.slice('--timeout='.length) ?? 10_000),
	forbidOnly: true,
	...(process.env.TEST_GREP ? { grep: process.env.TEST_GREP } : {}),
});
for (const file of files) {
	mocha.addFile(file);
}
await mocha.loadFilesAsync();
const runner = mocha.run((failures) => {
	if (process.env.TEST_REPORT) {
		fs.writeFileSync(process.env.TEST_REPORT, `@@RESULT ${JSON.stringify(runner.stats)}\n`);
	}
	process.exit(failures > 0 ? 1 : 0);
});
