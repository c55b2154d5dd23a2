/** Names of the files by which clients find their host, and which versions are older. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { addressOf, endpointIn, tokenOf } from '../../../../src/inference/client/endpoint';
import { isOlderVersion } from '../../../../src/inference/client/retirement';
import { PROTOCOL_VERSION } from '../../../../src/inference/wire/protocol';

describe('endpoint', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	it('puts the version of the protocol and the group into the names', () => {
		const name = `host-v${PROTOCOL_VERSION}`;
		assert.equal(endpointIn(folder).socket, path.join(folder, `${name}.sock`));
		assert.equal(endpointIn(folder, 'tests').tokenFile, path.join(folder, `${name}-tests.token`));
		assert.equal(endpointIn(folder, '', 3).lockFile, path.join(folder, 'host-v3.lock'));
	});

	it('takes no group that is no plain name', () => {
		for (const group of ['../up', 'Upper', 'a b', 'x'.repeat(17)]) {
			assert.throws(() => endpointIn(folder, group), /cannot name a group/);
		}
	});

	it('knows no address and no token where no host has left them', () => {
		const endpoint = endpointIn(folder);
		assert.deepEqual([addressOf(endpoint), tokenOf(endpoint)], [undefined, undefined]);
		fs.writeFileSync(endpoint.socket, 'no socket');
		fs.symlinkSync(endpoint.socket, endpoint.tokenFile);
		assert.deepEqual([addressOf(endpoint), tokenOf(endpoint)], [undefined, undefined]);
		fs.rmSync(endpoint.tokenFile);
		fs.writeFileSync(endpoint.tokenFile, 'x'.repeat(10_000));
		assert.equal(tokenOf(endpoint), undefined, 'nor reads what is no token');
		fs.writeFileSync(endpoint.tokenFile, 'f00\n');
		assert.equal(tokenOf(endpoint), 'f00');
	});
});

describe('isOlderVersion', () => {
	it('compares numbers and nothing that is none', () => {
		const older = [
			['0.9.9', '0.10.0'],
			['1.2.3', '1.2.4'],
			['1.9.9', '2.0.0'],
		] as const;
		for (const [one, other] of older) {
			assert.ok(isOlderVersion(one, other));
			assert.ok(!isOlderVersion(other, one));
		}
		for (const same of ['1.2.3', 'test', '']) {
			assert.ok(!isOlderVersion(same, same));
			assert.ok(!isOlderVersion(same, 'test'));
		}
		assert.ok(!isOlderVersion('1.0.0', 'unknown'));
		assert.ok(!isOlderVersion('1.0.0-beta', '1.0.0'));
	});
});
