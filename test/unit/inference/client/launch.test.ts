/** What a host process inherits, and how its end is described. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { endpointNamed } from '../../../../src/inference/client/endpoint';
import { type HostEnd, hostEnvironment, launch } from '../../../../src/inference/client/launch';

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
		const endpoint = endpointNamed(folder, 'host');
		const child = launch({ hostFile, nodePath: undefined }, endpoint);
		assert.deepEqual(await child.ended, expected);
		assert.deepEqual(child.log.lastLines, lines);
		child.log.close();
		assert.deepEqual(child.log.lastLines, [], 'and nothing is read of a file that is closed');
	}

	it('gives the paths of its files, a session of its own, and no folder of a workspace', () =>
		check(
			`console.error(process.argv.slice(2).map((file) => file.split(/[\\\\/]/).at(-1)).join(' ')); console.log('lost');
			console.error(process.cwd() === ${JSON.stringify(fs.realpathSync(folder))})`,
			{ cause: 'ended with code 0', isSignal: false },
			['host.sock host.token host.process host.log', 'true'],
		));

	it('keeps what the host before has printed, and no more than that', async () => {
		for (const name of ['first', 'second', 'third']) {
			await check(`console.error('${name}')`, { cause: 'ended with code 0', isSignal: false }, [name]);
		}
		const kept = fs.readdirSync(folder).filter((name) => name.startsWith('host.log'));
		assert.deepEqual(kept, ['host.log', 'host.log.old']);
		assert.equal(fs.readFileSync(path.join(folder, 'host.log.old'), 'utf8'), 'second\n');
		assert.equal(fs.statSync(path.join(folder, 'host.log')).mode & 0o777, 0o600);
	});

	it('describes exit codes and signals, with the last lines', async () => {
		await check(
			`for (let i = 0; i < 24; i++) { process.stderr.write('line ' + i + '\\r\\n'); }
			process.stderr.write('no newline'); process.exitCode = 7`,
			{ cause: 'ended with code 7', isSignal: false },
			[...Array.from({ length: 19 }, (_, index) => `line ${index + 5}`), 'no newline'],
		);
		await check(
			`process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 1e6)`,
			{ cause: 'was ended by SIGTERM', isSignal: true },
			[],
		);
	});
});
