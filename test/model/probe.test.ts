/** The doctor's probe on this machine: the native libraries load, and a device to train on has a name. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { probe } from '../../src/inference/doctor/nativeProbe';
import { root } from '../support/root';

const never = new AbortController().signal;

describe('doctor: probe', () => {
	it('loads every package of ggml that is installed, and names devices', async () => {
		const result = await probe({ probeFile: path.join(root, 'dist/probe.mjs'), nodePath: undefined }, never);
		assert.equal(result.failure, undefined, result.lastWords);
		const tried = result.lines.flatMap((line) => (line.type === 'tried' ? [line] : []));
		assert.ok(tried.length > 0);
		for (const one of tried) {
			assert.equal(one.problem, undefined, one.package);
			assert.match(one.version ?? '', /^\d+\.\d+/);
			assert.ok(one.devices.some(({ registry }) => registry === 'CPU'));
		}
		assert.match(result.lines.findLast((line) => line.type === 'probed')?.trainsOn ?? '', /\w+ \(.+\)/);
	});

	it('says what is missing where there are no native packages', async () => {
		const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-probe-'));
		try {
			fs.copyFileSync(path.join(root, 'dist/probe.mjs'), path.join(folder, 'probe.mjs'));
			const koffi = path.join(folder, 'node_modules/koffi');
			fs.mkdirSync(path.dirname(koffi));
			fs.symlinkSync(path.join(root, 'node_modules/koffi'), koffi, 'junction');
			const result = await probe({ probeFile: path.join(folder, 'probe.mjs'), nodePath: undefined }, never);
			assert.match(
				result.lines.findLast((line) => line.type === 'probed')?.problem ?? '',
				/ggml's libraries are missing/,
			);
		} finally {
			fs.rmSync(folder, { recursive: true, force: true });
		}
	});
});
