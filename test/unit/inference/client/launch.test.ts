/** What a host process inherits, and how its end is described. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type HostEnd, hostEnvironment, launch } from '../../../../src/inference/client/launch';
import { recordingLog } from '../../../support/silentLog';

describe('hostEnvironment', () => {
	const kept = {
		PATH: '/bin',
		HOME: '/home/u',
		LC_ALL: 'C',
		LD_LIBRARY_PATH: '/cuda',
		CUDA_VISIBLE_DEVICES: '1',
		SystemRoot: 'C:\\Windows',
		Path: 'C:\\bin',
		XDG_RUNTIME_DIR: '/run',
	};
	const dropped = {
		NODE_OPTIONS: '--require evil',
		NODE_LLAMA_CPP_GPU: 'cuda',
		NODE_LLAMA_CPP_SKIP_DOWNLOAD: 'false',
		VSCODE_PID: '1',
		ELECTRON_NO_ASAR: '1',
		AWS_SECRET_ACCESS_KEY: 'secret',
		GITHUB_TOKEN: 'secret',
		LD_PRELOAD: '/evil.so',
		npm_config_cache: '/x',
	};

	it('passes on what drivers need, and nothing that steers Node or is secret', () => {
		assert.deepEqual(hostEnvironment({ ...kept, ...dropped }), { ...kept, ELECTRON_RUN_AS_NODE: '1' });
	});
});

describe('launch', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	async function check(program: string, expected: HostEnd, lines: readonly string[]): Promise<void> {
		const hostFile = path.join(folder, 'host.mjs');
		fs.writeFileSync(hostFile, program);
		const log = recordingLog();
		const endpoint = { address: '/a', tokenFile: '/t', token: 'secret', remove: () => undefined };
		const child = launch({ hostFile, nodePath: undefined, log }, endpoint);
		assert.deepEqual(await child.ended, expected);
		assert.deepEqual(child.lastLines, lines);
		assert.deepEqual(
			log.lines.slice(log.lines.length - lines.length),
			lines.map((line) => `trace host: ${line}`),
		);
	}

	it('gives the address and the path of the token, never the token', () =>
		check(
			`console.error(process.argv.slice(2).join(' ')); console.log('lost');
			console.error(Object.values(process.env).includes('secret'))`,
			{ cause: 'ended with code 0', isSignal: false },
			['/a /t', 'false'],
		));

	it('describes exit codes and signals, with the last lines', async () => {
		await check(
			`for (let i = 0; i < 12; i++) { process.stderr.write('line ' + i + '\\r\\n'); }
			process.stderr.write('no newline'); process.exitCode = 7`,
			{ cause: 'ended with code 7', isSignal: false },
			['line 5', 'line 6', 'line 7', 'line 8', 'line 9', 'line 10', 'line 11', 'no newline'],
		);
		await check(
			`process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 1e6)`,
			{ cause: 'was ended by SIGTERM', isSignal: true },
			[],
		);
	});
});
