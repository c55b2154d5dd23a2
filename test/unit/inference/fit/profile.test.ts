/** What ran on this machine is kept: by device, the newest first, three times a model, and never believed unchecked. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import {
	type Device,
	forgetSpeeds,
	isRough,
	type KeptSpeed,
	type MachineProfile,
	type Run,
	readProfiles,
	readSpeed,
	rememberRun,
	speedOf,
} from '../../../../src/inference/fit/profile';
import { roughShape } from '../../../../src/inference/fit/roughShape';
import { readMilliseconds } from '../../../../src/inference/fit/speed';
import { temporaryFolder } from '../../../support/engines';

const device: Device = {
	backend: 'cpu',
	devices: ['a processor'],
	engineVersion: 'llama.cpp 1',
	processor: 'a processor',
	cores: 4,
};
const shape = roughShape({ bytes: 5e8, quantisation: 'Q8_0', parameters: undefined });

const run = (name: string, milliseconds = 100, changes: Partial<Run> = {}): Run => ({
	path: `/models/${name}.gguf`,
	fileBytes: 5e8,
	measured: { shape, batch: 128, readMilliseconds: milliseconds, writeMilliseconds: milliseconds / 4 },
	...changes,
});

describe('inference/fit/profile', () => {
	let folder: string;
	beforeEach(() => {
		folder = path.join(temporaryFolder(), 'cache');
	});
	const remember = (newest: Run, on: Device = device, video?: MachineProfile['video']) =>
		rememberRun(folder, on, video, newest);
	const newest = async (): Promise<MachineProfile> => {
		const [profile] = await readProfiles(folder);
		assert.ok(profile !== undefined);
		return profile;
	};

	it('knows nothing before anything ran', async () => {
		assert.deepEqual(await readProfiles(folder), []);
	});

	it('keeps the newest loads of each model, three at most', async () => {
		for (const milliseconds of [1, 2, 3, 4]) {
			await remember(run('a', milliseconds));
		}
		await remember(run('b', 5));
		const { runs } = await newest();
		assert.deepEqual(
			runs.map((one) => [path.basename(one.path), one.measured.readMilliseconds]),
			[
				['b.gguf', 5],
				['a.gguf', 4],
				['a.gguf', 3],
				['a.gguf', 2],
			],
		);
	});

	it('keeps devices apart, and forgets what another engine measured', async () => {
		const card: Device = { ...device, backend: 'vulkan', devices: ['a card'] };
		await remember(run('a'));
		await remember(run('b'), card, { total: 8e9, free: 7e9 });
		await remember(run('c'), { ...device, engineVersion: 'llama.cpp 2' });
		const profiles = await readProfiles(folder);
		assert.deepEqual(
			profiles.map(({ backend, engineVersion, runs }) => [backend, engineVersion, runs.length]),
			[
				['cpu', 'llama.cpp 2', 1],
				['vulkan', 'llama.cpp 1', 1],
				['cpu', 'llama.cpp 1', 1],
			],
		);
		assert.deepEqual(profiles[1]?.video, { total: 8e9, free: 7e9 });
		for (const cores of [1, 2, 3, 5]) {
			await remember(run('d'), { ...device, cores });
		}
		assert.equal((await readProfiles(folder)).length, 4);
	});

	it('keeps how a model is run for a week, for the same file on the same device, unless it is to be measured anew', async () => {
		const speed: KeptSpeed = {
			key: 'a file',
			at: 1_000,
			calibration: {
				threads: { prefill: 4, decode: 2 },
				prefillTokens: 128,
				prefillTokensPerSecond: 900.5,
				decodeTokensPerSecond: 30.25,
				chunk: 64,
			},
			writeMilliseconds: 35.5,
		};
		await remember(run('a', 100, { speed }));
		await remember(run('b'));
		await rememberRun(folder, device, undefined, undefined);
		assert.equal((await newest()).runs.length, 2, 'a load without measuring adds nothing');
		const week = 7 * 24 * 3_600_000;
		assert.deepEqual(await readSpeed(folder, device, 'a file', 1_000 + week - 1), speed);
		assert.equal(await readSpeed(folder, device, 'a file', 1_000 + week), undefined);
		assert.equal(await readSpeed(folder, device, 'another', 1_000), undefined);
		const updated = { ...device, engineVersion: 'llama.cpp 2' };
		assert.equal(await readSpeed(folder, updated, 'a file', 1_000), undefined);
		await forgetSpeeds(folder, '/models/b.gguf');
		assert.deepEqual(await readSpeed(folder, device, 'a file', 1_000), speed);
		await forgetSpeeds(folder, '/models/a.gguf');
		assert.equal(await readSpeed(folder, device, 'a file', 1_000), undefined);
		assert.equal((await newest()).runs.length, 2);
	});

	it('is not misled by one disturbed load among three', async () => {
		for (const milliseconds of [100, 900, 110]) {
			await remember(run('a', milliseconds));
		}
		const speed = speedOf(await newest());
		assert.ok(speed !== undefined);
		const expected = readMilliseconds(speed, shape, 128, 0);
		assert.ok(expected > 90 && expected < 130, `${expected}`);
		assert.equal(speedOf({ backend: 'cpu', runs: [] }), undefined);
	});

	it('takes a guess from much smaller models for rough', async () => {
		const small = roughShape({ bytes: 14e6, quantisation: 'Q8_0', parameters: undefined });
		const runs = [run('small', 10, { measured: { ...run('small').measured, shape: small } })];
		assert.equal(isRough({ runs }, shape), true);
		assert.equal(isRough({ runs: [...runs, run('a')] }, shape), false);
		assert.equal(isRough({ runs }, small), false);
		assert.equal(isRough({ runs: [run('a')] }, { ...shape, kind: 'float' }), true);
	});

	it('believes no file that has another shape or version', async () => {
		await remember(run('a'));
		const file = path.join(folder, 'machine.json');
		const text = fs.readFileSync(file, 'utf8');
		for (const bad of [
			'',
			'{}',
			text.replace('"version":1', '"version":2'),
			text.replace('"batch":128', '"batch":"x"'),
		]) {
			fs.writeFileSync(file, bad);
			assert.deepEqual(await readProfiles(folder), [], bad.slice(0, 40));
		}
		await remember(run('b'));
		assert.equal((await newest()).runs.length, 1);
	});
});
