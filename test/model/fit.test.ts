/** What is said of models before they are loaded, against what the real engine then takes: memory, and the first token. */
import * as assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { LlamaEngine } from '../../src/inference/engine/llama';
import { estimateMemory } from '../../src/inference/fit/memory';
import { readProfiles, speedOf } from '../../src/inference/fit/profile';
import { shapeOf } from '../../src/inference/fit/shape';
import { firstTokenMilliseconds } from '../../src/inference/fit/speed';
import { readGgufFile } from '../../src/inference/gguf/gguf';
import { ModelUnavailable } from '../../src/inference/model';
import { parseJson } from '../../src/inference/record';
import { never, onCpu, randomModelFile, starter, temporaryFolder } from '../support/engines';
import { readyModel, testClient } from '../support/fakeHost';
import type { FirstTokens } from '../support/fitChild.entry';
import { type RandomModelOptions, TINY_MODEL } from '../support/randomModel';
import { root } from '../support/root';

/** As the issue asks. */
const TOLERANCE = 0.25;

const long = { ...TINY_MODEL, contextLength: 32_768 } as const;
const SHAPES: Readonly<Record<string, RandomModelOptions>> = {
	/** Half of it KV cache: as many heads for keys as for queries. */
	wide: {
		...long,
		architecture: 'llama',
		layers: 4,
		width: 1_024,
		heads: 16,
		keyValueHeads: 16,
		feedForward: 2_816,
		vocabulary: 16_000,
		type: 'Q8_0',
	},
	deep: {
		...long,
		layers: 24,
		width: 512,
		heads: 8,
		feedForward: 1_536,
		vocabulary: 32_000,
		type: 'Q8_0',
	},
	/** Most of it a table of embeddings, which is also the output. */
	talkative: {
		...long,
		layers: 8,
		width: 640,
		heads: 10,
		feedForward: 2_048,
		vocabulary: 100_000,
		type: 'Q8_0',
	},
	floats: {
		...long,
		architecture: 'llama',
		layers: 4,
		width: 768,
		heads: 12,
		keyValueHeads: 4,
		feedForward: 2_048,
		vocabulary: 8_192,
		type: 'F32',
	},
};

function within(what: string, expected: number, actual: number): void {
	assert.ok(
		Math.abs(expected / actual - 1) <= TOLERANCE,
		`${what}: ${expected.toPrecision(3)} were expected, ${actual.toPrecision(3)} it was`,
	);
}

/** The first and the last of those that this process may use. */
function allowedCores(): readonly string[] {
	const status = fs.readFileSync('/proc/self/status', 'utf8');
	const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '0';
	const numbers = list.split(/[-,]/);
	return [numbers[0] ?? '0', numbers.at(-1) ?? '0'];
}

describe('what is expected of a model', () => {
	const files = new Map<string, string>([['starter', starter]]);
	const fileOf = (name: string): string => {
		const shape = SHAPES[name];
		const file = files.get(name) ?? (shape === undefined ? starter : randomModelFile(shape));
		files.set(name, file);
		return file;
	};

	for (const name of ['starter', ...Object.keys(SHAPES)]) {
		it(`memory: ${name}`, async () => {
			const file = fileOf(name);
			const test = testClient({
				hostFile: path.join(root, 'dist/host.mjs'),
				limits: { silenceWhileLoading: 60_000 },
			});
			try {
				await test.client.load(onCpu(file), never);
				const model = readyModel(test.client.state);
				const { contextSize } = model;
				const estimate = estimateMemory(shapeOf(readGgufFile(file)), { contextSize });
				within(`${name} in MB`, estimate.resident / 1e6, model.memory.host / 1e6);
				assert.ok(estimate.host > estimate.parts.weights + estimate.parts.cache);
				assert.equal(model.expected?.memory.gpu, 0);
				assert.ok(Math.abs((model.expected?.memory.host ?? 0) - estimate.host) < 1);
			} finally {
				await test.dispose();
			}
		});
	}

	it('refuses a context that the user chose and no memory holds, with what would fit', async () => {
		const shape = SHAPES['wide'];
		assert.ok(shape !== undefined);
		const file = randomModelFile({
			...shape,
			layers: 32,
			vocabulary: 1_024,
			feedForward: 256,
			contextLength: 1 << 20,
		});
		const engine = new LlamaEngine(() => undefined);
		const refusal = engine.load({ ...onCpu(file), contextSize: 1 << 20 }, () => undefined, never);
		await assert.rejects(refusal, (error: unknown) => {
			assert.ok(ModelUnavailable.is(error));
			assert.equal(error.problem.code, 'out-of-memory');
			const [, fits] =
				/familiar\.model\.contextSize is 1048576: about (\d+) would fit/.exec(error.problem.message) ?? [];
			assert.ok(Number(fits) >= 512 && Number(fits) < 1 << 20, error.problem.message);
			return true;
		});
		await engine.dispose();
	});

	it('measures a model once for all processes, until its file is another one', async () => {
		const folder = temporaryFolder();
		const file = path.join(folder, 'model.gguf');
		fs.copyFileSync(starter, file);
		const speeds = async () => {
			// As in another process: nothing is shared but the folder.
			const engine = new LlamaEngine(() => undefined);
			const model = await engine.load({ ...onCpu(file), cacheFolder: folder }, () => undefined, never);
			await engine.dispose();
			const [profile] = await readProfiles(folder);
			const { threads, prefillTokensPerSecond, decodeTokensPerSecond, prefillChunk } = model;
			return {
				runs: profile?.runs.length,
				measured: [threads, prefillTokensPerSecond, decodeTokensPerSecond, prefillChunk],
				milliseconds: model.loadMilliseconds,
			};
		};
		const [first, second] = [await speeds(), await speeds()];
		console.log(
			`    ${Math.round(first.milliseconds)} ms with measuring, ${Math.round(second.milliseconds)} ms without`,
		);
		assert.deepEqual(second.measured, first.measured);
		assert.deepEqual([first.runs, second.runs], [1, 1]);
		fs.utimesSync(file, 1, 1);
		assert.equal((await speeds()).runs, 2);
	});

	it('first token: of three models, by what two others did', async function () {
		if (process.platform !== 'linux') {
			// Nothing else binds a process to one core, where its time is the time that passes.
			this.skip();
		}
		const cores = allowedCores();
		const cacheFolder = temporaryFolder();
		const child = path.join(root, 'out/test/support/fitChild.entry.mjs');
		const ran = ['starter', 'deep'];
		const asked = ['wide', 'talkative', 'floats'];
		const [known = '', unknown = ''] = await Promise.all(
			[ran, asked].map(async (names, index) => {
				const folder = index === 0 ? cacheFolder : temporaryFolder();
				const { stdout } = await promisify(execFile)('taskset', [
					'-c',
					cores[index % cores.length] ?? '0',
					process.execPath,
					child,
					folder,
					...names.map(fileOf),
				]);
				return stdout;
			}),
		);
		assert.equal(known.trim().split('\n').length, ran.length);
		const [profile] = await readProfiles(cacheFolder);
		assert.ok(profile !== undefined);
		assert.equal(profile.runs.length, ran.length);
		const speed = speedOf(profile);
		assert.ok(speed !== undefined);
		const errors = unknown
			.trim()
			.split('\n')
			.map((line, index) => {
				const measured = parseJson(line) as FirstTokens;
				const expected = firstTokenMilliseconds(speed, shapeOf(readGgufFile(measured.path)), measured);
				return { name: asked[index] ?? '', expected, measured };
			});
		assert.equal(errors.length, asked.length);
		for (const { name, expected, measured } of errors) {
			within(`${name}, ${measured.tokens} tokens in ms`, expected, measured.milliseconds);
		}
	});
});
