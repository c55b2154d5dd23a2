/**
 * Runs the integration suites in a real VS Code: a desktop one where it can be had, else the web host in test/host. Once in a
 * trusted workspace (suite/*.test.ts), once in Restricted Mode (suite/restricted/*.test.ts).
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { findDesktop } from '../../scripts/editor.mjs';
import { ensureHost } from '../host/ensure.mjs';
import { writeSettings } from '../host/server.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const extensionTestsPath = path.join(root, 'out/test/integration/suite/index.js');

async function findEditor() {
	const desktop = await findDesktop({ installed: false });
	if (desktop !== undefined) {
		return desktop;
	}
	ensureHost();
	return { path: path.join(root, 'test/host/code.mjs'), origin: 'web host' };
}

/** Prints what the suite appends to its report while it runs; `end()` returns the `@@RESULT` line, or undefined. */
function follow(report) {
	let read = 0;
	let result;
	function pump() {
		const text = fs.readFileSync(report, 'utf8');
		const end = text.lastIndexOf('\n') + 1;
		for (const line of text.slice(read, end).split('\n').slice(0, -1)) {
			if (line.startsWith('@@RESULT ')) {
				result = line;
			} else {
				console.log(line);
			}
		}
		read = end;
	}
	const timer = setInterval(pump, 200);
	return {
		end() {
			clearInterval(timer);
			pump();
			return result;
		},
	};
}

/** As runTests(), less its `--disable-workspace-trust`, which cannot be turned off there. */
function runRestricted({ vscodeExecutablePath, extensionDevelopmentPath, launchArgs, extensionTestsEnv }) {
	return new Promise((resolve, reject) => {
		const child = spawn(
			vscodeExecutablePath,
			[
				...launchArgs,
				...[
					'--no-sandbox',
					'--disable-gpu-sandbox',
					'--disable-updates',
					'--skip-welcome',
					'--skip-release-notes',
				],
				...[
					`--extensionTestsPath=${extensionTestsPath}`,
					`--extensionDevelopmentPath=${extensionDevelopmentPath}`,
				],
			],
			{ stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...extensionTestsEnv } },
		);
		child.once('error', reject);
		child.once('exit', (code, signal) => {
			if (code === 0) {
				resolve(0);
			} else {
				reject(new Error(`VS Code ended with ${signal ?? code}`));
			}
		});
	});
}

/**
 * One start of VS Code with one suite. Exit code 0 is no proof: an extension host that dies early leaves it. So the suite's
 * own report has to say that tests ran.
 */
async function runSuite(editor, suite) {
	console.log(`\n${suite} workspace, in VS Code (${editor.origin})`);
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fit-'));
	const report = path.join(folder, 'report.txt');
	const workspace = path.join(folder, 'workspace');
	const userData = path.join(folder, 'data');
	fs.writeFileSync(report, '');
	fs.cpSync(path.join(root, 'test/fixtures/workspace'), workspace, { recursive: true });
	writeSettings(userData);
	const output = follow(report);
	let failure;
	try {
		const run = suite === 'restricted' ? runRestricted : runTests;
		await run({
			vscodeExecutablePath: editor.path,
			extensionDevelopmentPath: root,
			extensionTestsPath,
			launchArgs: [
				workspace,
				`--user-data-dir=${userData}`,
				`--extensions-dir=${path.join(folder, 'extensions')}`,
			],
			extensionTestsEnv: { TEST_REPORT: report, TEST_SUITE: suite },
		});
	} catch (error) {
		failure = error.message;
	}
	const result = output.end();
	if (process.env.TEST_REPORT && result !== undefined) {
		fs.appendFileSync(process.env.TEST_REPORT, `${result}\n`);
	}
	if (result === undefined) {
		failure ??= 'the suite reported nothing: the extension host never ran it';
	} else {
		const [{ passed, failed }] = Object.values(JSON.parse(result.slice('@@RESULT '.length)));
		if (passed + failed.length === 0) {
			failure ??= 'no test ran';
		}
	}
	if (failure === undefined) {
		fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
		return true;
	}
	console.error(`FAILED: ${failure}. Logs: ${userData}`);
	return false;
}

const editor = await findEditor();
const outcomes = [];
for (const suite of ['trusted', 'restricted']) {
	outcomes.push(await runSuite(editor, suite));
}
process.exit(outcomes.every(Boolean) ? 0 : 1);
