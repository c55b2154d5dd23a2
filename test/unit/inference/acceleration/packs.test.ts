/** The list of packs describes what the lock file names. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { addressOf, packs } from '../../../../src/inference/acceleration/pack';
import { isRecord } from '../../../../src/inference/record';
import { root } from '../../../support/root';

/** Packages for CUDA that the registry had when the lock file was written: the others have no hash. */
function locked(): readonly string[] {
	const lock: unknown = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
	const packages = isRecord(lock) && isRecord(lock['packages']) ? lock['packages'] : {};
	return Object.entries(packages).flatMap(([folder, one]) => {
		const name = /@node-llama-cpp\/(.*-cuda(-ext)?)$/.exec(folder)?.[1];
		return name !== undefined && isRecord(one) && 'integrity' in one ? [`${name} ${one['version']}`] : [];
	});
}

describe('inference/acceleration: packs', () => {
	it('are those of the lock file, in its version: else run npm run packs', () => {
		assert.deepEqual(packs.map(({ name, version }) => `${name} ${version}`).sort(), [...locked()].sort());
	});

	it('have a hash, sizes, and what they need of NVIDIA', () => {
		assert.ok(packs.length > 0);
		for (const { name, sha256, bytes, unpackedBytes, needs } of packs) {
			assert.match(sha256, /^[0-9a-f]{64}$/, name);
			assert.ok(bytes > 1e6 && unpackedBytes > bytes, name);
			assert.ok(needs.some((one) => /cudart/.test(one)) && needs.some((one) => /cublas/.test(one)), name);
		}
	});

	it('come from the public registry', () => {
		for (const pack of packs) {
			const { protocol, host, pathname } = addressOf(pack);
			assert.deepEqual([protocol, host], ['https:', 'registry.npmjs.org']);
			assert.equal(pathname, `/@node-llama-cpp/${pack.name}/-/${pack.name}-${pack.version}.tgz`);
		}
	});
});
