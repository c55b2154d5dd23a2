/**
 * Runs mocha over the files it is given, as a child process of its own; `--timeout=MS` is each test's limit, `--retries=N` how
 * often one that fails is tried again. The last line of the file named by TEST_REPORT is then `@@RESULT {json}`: its absence
 * tells that the run died.
 */
import fs from 'node:fs';
import Mocha from 'mocha';

const option = (name) => process.argv.find((word) => word.startsWith(`--${name}=`))?.split('=')[1];
const files = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const mocha = new Mocha({
	ui: 'bdd',
	reporter: process.env.TEST_REPORTER ?? 'spec',
	timeout: Number(option('timeout') ?? 10_000),
	retries: Number(option('retries') ?? 0),
	forbidOnly: true,
	...(process.env.TEST_GREP ? { grep: process.env.TEST_GREP } : {}),
});
for (const file of files) {
	mocha.addFile(file);
}
await mocha.loadFilesAsync();
const failed = [];
const again = [];
const runner = mocha.run((failures) => {
	if (process.env.TEST_REPORT) {
		const result = { ...runner.stats, failed, again };
		fs.writeFileSync(process.env.TEST_REPORT, `@@RESULT ${JSON.stringify(result)}\n`);
	}
	process.exit(failures > 0 ? 1 : 0);
});
runner.on('fail', (test, error) => failed.push(`${test.fullTitle()}: ${firstLine(error)}`));
runner.on('retry', (test, error) => again.push(`${test.fullTitle()}: ${firstLine(error)}`));

function firstLine(error) {
	return String(error?.message ?? error).split('\n')[0];
}
