/** The folder of sockets. What is refused there: test/faults/row24. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openRuntimeFolder, runtimeFolderCandidates } from '../../../../src/inference/client/runtimeFolder';
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
});
