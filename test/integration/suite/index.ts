/**
 * What the extension host runs: mocha over one folder of suites. Its output goes to the file TEST_REPORT, for the extension
 * host's console is mixed with VS Code's own; the last line, `@@RESULT {json}`, proves that the tests ran.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as util from 'node:util';
import Mocha from 'mocha';

/** VS Code's contract for extensionTestsPath: a rejection is a failed run. */
export async function run(): Promise<void> {
	const report = process.env['TEST_REPORT'];
	const print = (line: string) => {
		if (report === undefined) {
			console.log(line);
		} else {
			fs.appendFileSync(report, `${line}\n`);
		}
	};
	// Documented by mocha for reporters ("consoleLog"), though absent from its types.
	Object.assign(Mocha.reporters.Base, {
		consoleLog: (...values: unknown[]) => print(util.format(...values)),
	});
	const grep = process.env['TEST_GREP'];
	const mocha = new Mocha({
		ui: 'bdd',
		color: false,
		timeout: 60_000,
		forbidOnly: true,
		...(grep === undefined ? {} : { grep }),
	});
	const folder = process.env['TEST_SUITE'] === 'restricted' ? path.join(__dirname, 'restricted') : __dirname;
	for (const file of fs.readdirSync(folder).sort()) {
		if (file.endsWith('.test.js')) {
			mocha.addFile(path.join(folder, file));
		}
	}
	const failed: string[] = [];
	const stats = await new Promise<Mocha.Stats>((resolve, reject) => {
		const runner = mocha.run(() => {
			if (runner.stats === undefined) {
				reject(new Error('mocha kept no statistics'));
			} else {
				resolve({ ...runner.stats });
			}
		});
		runner.on('fail', (test, error: unknown) => failed.push(`${test.fullTitle()}: ${String(error)}`));
	});
	const result = { passed: stats.passes, skipped: stats.pending, failed };
	print(`@@RESULT ${JSON.stringify({ [folder]: result })}`);
	if (stats.failures > 0) {
		throw new Error(`${stats.failures} tests failed`);
	}
}
