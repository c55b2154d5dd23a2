/** Names, tokens and leavings in the folder of sockets. What is refused there: test/faults/row24. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import {
	newEndpoint,
	openRuntimeFolder,
	runtimeFolderCandidates,
	sweepRuntimeFolder,
} from '../../../../src/inference/client/runtimeFolder';
import { PROTOCOL_VERSION } from '../../../../src/inference/wire/protocol';
import { silentLog } from '../../../support/silentLog';

describe('runtimeFolder', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it("prefers the session's own folder, and ignores one that is no absolute path", () => {
		const own = path.join(folder, 'run');
		assert.equal(runtimeFolderCandidates({ XDG_RUNTIME_DIR: own })[0], path.join(own, 'familiar'));
		for (const environment of [{}, { XDG_RUNTIME_DIR: '' }, { XDG_RUNTIME_DIR: 'relative' }]) {
			const candidates = runtimeFolderCandidates(environment);
			assert.equal(candidates.length, 1);
			assert.equal(path.dirname(candidates[0] ?? ''), os.tmpdir());
		}
	});

	it('makes a folder that only its owner can enter, and takes it again', () => {
		const wanted = path.join(folder, 'host');
		assert.equal(openRuntimeFolder([wanted], silentLog), wanted);
		assert.equal(fs.statSync(wanted).mode & 0o777, 0o700);
		assert.equal(openRuntimeFolder([wanted], silentLog), wanted);
	});

	it('puts the protocol version into the name and 256 bits into a file for the owner', () => {
		const one = newEndpoint(folder);
		const other = newEndpoint(folder);
		assert.notEqual(one.address, other.address);
		assert.notEqual(one.token, other.token);
		assert.match(path.basename(one.address), new RegExp(`^host-v${PROTOCOL_VERSION}-[0-9a-f]{16}\\.sock$`));
		assert.match(one.token, /^[0-9a-f]{64}$/);
		assert.equal(fs.readFileSync(one.tokenFile, 'utf8'), one.token);
		assert.equal(fs.statSync(one.tokenFile).mode & 0o777, 0o600);
		one.remove();
		one.remove();
		assert.deepEqual(fs.readdirSync(folder), [path.basename(other.tokenFile)]);
	});

	it('sweeps what nobody listens on, and nothing else', async () => {
		const [live, dead, young] = [newEndpoint(folder), newEndpoint(folder), newEndpoint(folder)];
		fs.writeFileSync(dead.address, '');
		fs.writeFileSync(path.join(folder, 'somebody-elses.token'), '');
		const server = net.createServer().listen(live.address);
		await new Promise((resolve) => server.once('listening', resolve));
		const later = Date.now() + 120_000;
		fs.utimesSync(young.tokenFile, later / 1_000, later / 1_000);
		await sweepRuntimeFolder(folder, later);
		server.close();
		assert.deepEqual(
			fs
				.readdirSync(folder)
				.filter((name) => name.endsWith('.token'))
				.sort(),
			[live, young]
				.map((endpoint) => path.basename(endpoint.tokenFile))
				.concat('somebody-elses.token')
				.sort(),
		);
		assert.ok(!fs.existsSync(dead.address));
	});
});
