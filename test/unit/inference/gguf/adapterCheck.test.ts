/** Adapters before llama.cpp sees them: what they say of themselves, and why a model cannot use them. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { isAbort } from '../../../../src/inference/cancel';
import { type BaseModel, checkAdapter, readBase } from '../../../../src/inference/gguf/adapterCheck';
import { ADAPTER_KEYS, type AdapterRun } from '../../../../src/inference/gguf/adapterKeys';
import { fingerprint } from '../../../../src/inference/gguf/fingerprint';
import { type MetadataValue, type WrittenTensor, writeGguf } from '../../../support/ggufWriter';
import {
	randomModel,
	SMALLEST_MODEL,
	writeRandomAdapter,
	writeRandomModel,
} from '../../../support/randomModel';

const never = new AbortController().signal;
const text = (value: string): MetadataValue => ({ type: 'string', value });

const run: AdapterRun = {
	lossBefore: 1.5,
	lossAfter: 1.25,
	steps: 10,
	tokens: 1000,
	seconds: 60,
	created: '2025-01-01T00:00:00Z',
	repositories: ['demo'],
};

describe('adapter check', () => {
	let folder: string;
	let base: BaseModel;
	before(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-test-'));
		const file = path.join(folder, 'base.gguf');
		writeRandomModel(file, SMALLEST_MODEL);
		base = readBase({ path: file, name: 'the base', cacheFolder: folder, promptFormat: 1 });
	});
	after(() => fs.rmSync(folder, { recursive: true, force: true }));

	const ATTENTION = 'blk.0.attn_q.weight';
	const ones: WrittenTensor['fill'] = (values) => void values.fill(1);

	function pair(changes: { a?: Partial<WrittenTensor>; b?: Partial<WrittenTensor>; name?: string } = {}) {
		const name = changes.name ?? ATTENTION;
		const half: Pick<WrittenTensor, 'type' | 'fill'> = { type: 'F32', fill: ones };
		return [
			{ name: `${name}.lora_a`, shape: [32, 4], ...half, ...changes.a },
			{ name: `${name}.lora_b`, shape: [4, 32], ...half, ...changes.b },
		];
	}

	/** An adapter of one pair that fits; keys with the value undefined are left out. */
	function adapter(
		keys: Readonly<Record<string, MetadataValue | undefined>> = {},
		tensors: readonly WrittenTensor[] = pair(),
	): string {
		const file = path.join(folder, 'adapter.gguf');
		const metadata: Record<string, MetadataValue> = {};
		for (const [key, value] of Object.entries({
			'general.architecture': text('qwen2'),
			'general.type': text('adapter'),
			'adapter.type': text('lora'),
			'adapter.lora.alpha': { type: 'float32', value: 8 } as const,
			...keys,
		})) {
			if (value !== undefined) {
				metadata[key] = value;
			}
		}
		writeGguf(file, { metadata, tensors });
		return file;
	}

	async function problemOf(file: string): Promise<string | undefined> {
		const found = await checkAdapter(file, base, never);
		return found.type === 'facts' ? found.problem : found.reason;
	}

	it('takes one from elsewhere, whose tensors fit, and names it by its file', async () => {
		const file = path.join(folder, 'foreign.gguf');
		writeRandomAdapter(file, { ...SMALLEST_MODEL, rank: 4, alpha: 8 });
		const found = await checkAdapter(file, base, never);
		assert.ok(found.type === 'facts');
		assert.deepEqual([found.problem, found.warning, found.facts.name], [undefined, undefined, 'foreign']);
		assert.deepEqual([found.facts.base, found.facts.run], [undefined, undefined]);
	});

	it('reads what ours say, and takes those of the same base', async () => {
		const hash = await fingerprint(base.path, folder, never);
		const file = adapter({
			'general.name': text('my code'),
			[ADAPTER_KEYS.base]: text(hash),
			[ADAPTER_KEYS.baseName]: text('the base'),
			[ADAPTER_KEYS.promptFormat]: text('1'),
			[ADAPTER_KEYS.dataset]: text('d'.repeat(64)),
			[ADAPTER_KEYS.run]: text(JSON.stringify(run)),
			[ADAPTER_KEYS.settings]: text('{"rank":16}'),
			[ADAPTER_KEYS.versions]: text('Familiar 1'),
		});
		const facts = {
			name: 'my code',
			base: hash,
			baseName: 'the base',
			promptFormat: 1,
			dataset: 'd'.repeat(64),
			run,
			settings: '{"rank":16}',
			versions: 'Familiar 1',
		};
		const found = { type: 'facts', facts, problem: undefined, warning: undefined };
		assert.deepEqual(await checkAdapter(file, base, never), found);
	});

	it('warns of another prompt format, and takes it', async () => {
		const found = await checkAdapter(adapter({ [ADAPTER_KEYS.promptFormat]: text('7') }), base, never);
		assert.ok(found.type === 'facts' && found.problem === undefined);
		assert.match(found.warning ?? '', /adapter\.gguf was trained with version 7 .*version 1 is in use/);
	});

	it('passes over facts that make no sense', async () => {
		const file = adapter({
			'general.name': text('n'.repeat(100_000)),
			[ADAPTER_KEYS.run]: text('{"steps":"many"}'),
			[ADAPTER_KEYS.promptFormat]: text('one'),
		});
		const found = await checkAdapter(file, base, never);
		assert.ok(found.type === 'facts');
		const { facts } = found;
		assert.deepEqual([facts.run, facts.promptFormat, facts.name.length], [undefined, undefined, 200]);
	});

	it('refuses one of another base, and names both', async () => {
		const keys = { [ADAPTER_KEYS.base]: text('a'.repeat(64)), [ADAPTER_KEYS.baseName]: text('that one') };
		const problem = await problemOf(adapter(keys));
		assert.match(
			problem ?? '',
			/trained on "that one" .*aaaaaaaaaaaa, but "the base" .*is loaded\. Select the model/,
		);
	});

	it('says it of the base when the base is gone', async () => {
		const file = adapter({ [ADAPTER_KEYS.base]: text('a'.repeat(64)) });
		const gone = { ...base, path: path.join(folder, 'gone.gguf') };
		await assert.rejects(checkAdapter(file, gone, never), /gone\.gguf, the model in use, .* no such file/);
	});

	it('stops when its signal fires', async () => {
		const controller = new AbortController();
		controller.abort();
		await assert.rejects(checkAdapter(adapter(), base, controller.signal), isAbort);
	});

	const otherKeys: readonly (readonly [
		string,
		Readonly<Record<string, MetadataValue | undefined>>,
		RegExp,
	])[] = [
		['a model', { 'general.type': text('model') }, /no adapter .*"general\.type" is "model"/],
		['no type', { 'general.type': undefined }, /no adapter/],
		['a type that is no text', { 'general.type': { type: 'uint32', value: 1 } }, /uint32 instead of string/],
		['another kind of adapter', { 'adapter.type': text('ia3') }, /no LoRA adapter .*"ia3"/],
		['no architecture', { 'general.architecture': undefined }, /"general\.architecture" is missing/],
		['another architecture', { 'general.architecture': text('llama') }, /"llama", but the base is "qwen2"/],
		// llama.cpp would abort.
		['a whole alpha', { 'adapter.lora.alpha': { type: 'uint32', value: 8 } }, /uint32 instead of float32/],
		['an infinite alpha', { 'adapter.lora.alpha': { type: 'float32', value: Number.NaN } }, /alpha" is NaN/],
		[
			'words that switch it on',
			{ 'adapter.alora.invocation_tokens': { type: 'array', of: 'uint32', values: [1] } },
			/certain words switch on/,
		],
	];
	for (const [name, keys, reason] of otherKeys) {
		it(`refuses ${name}`, async () => {
			assert.match((await problemOf(adapter(keys))) ?? '', reason);
		});
	}

	const otherTensors: readonly (readonly [string, () => readonly WrittenTensor[], RegExp])[] = [
		['none', () => [], /no tensors of an adapter/],
		['half a pair', () => pair().slice(0, 1), /attn_q\.weight\.lora_a" has no partner/],
		['the other half', () => pair().slice(1), /attn_q\.weight\.lora_b" has no partner/],
		[
			'a tensor of something else',
			() => [...pair(), ...pair({ name: 'x' }).map((one) => ({ ...one, name: `${one.name}.c` }))],
			/no half of a pair/,
		],
		['a matrix that is not there', () => pair({ name: 'blk.7.attn_q.weight' }), /does not have/],
		['a bias', () => pair({ name: 'blk.0.attn_q.bias' }), /does not have/],
		['other inputs', () => pair({ a: { shape: [64, 4] } }), /\(64 x 4\) .* do not fit .*\(32 x 32\)/],
		['other outputs', () => pair({ b: { shape: [4, 64] } }), /do not fit/],
		['two ranks', () => pair({ a: { shape: [32, 8] } }), /do not fit/],
		['more dimensions', () => pair({ b: { shape: [4, 32, 2] } }), /do not fit/],
		[
			'a type that cannot be checked',
			() => pair({ a: { type: 'Q4_0' } }),
			/type Q4_0 instead of F32, F16, BF16, Q8_0/,
		],
	];
	for (const [name, tensors, reason] of otherTensors) {
		it(`refuses ${name}`, async () => {
			const problem = (await problemOf(adapter({}, tensors()))) ?? '';
			assert.match(problem, reason);
			assert.match(problem, /adapter\.gguf cannot be used as an adapter: .*Choose an adapter/);
		});
	}

	it('takes a pair for the embedding, which lies the other way round', async () => {
		const rows = SMALLEST_MODEL.vocabulary;
		const name = 'token_embd.weight';
		const turned = pair({ name, a: { shape: [4, rows] }, b: { shape: [4, 32] } });
		assert.equal(await problemOf(adapter({}, turned)), undefined);
		const upright = pair({ name, a: { shape: [32, 4] }, b: { shape: [4, rows] } });
		assert.match((await problemOf(adapter({}, upright))) ?? '', /do not fit/);
	});

	it('takes norms, which llama.cpp passes over', async () => {
		const norm = { name: 'blk.0.attn_norm.weight', shape: [32], type: 'F32', fill: ones } as const;
		assert.equal(await problemOf(adapter({}, [...pair(), norm])), undefined);
	});

	for (const type of ['F32', 'F16', 'BF16', 'Q8_0'] as const) {
		// 9 MB of zeros with one odd number near the end: more than one piece is looked at.
		const at =
			(bad: number, index: number): WrittenTensor['fill'] =>
			(values, first) => {
				values.fill(0);
				if (index >= first && index < first + values.length) {
					values[index - first] = bad;
				}
			};
		const rank = 65_536;
		const wide = (fill: WrittenTensor['fill']) =>
			pair({ a: { shape: [32, rank], type, fill }, b: { shape: [rank, 32], type } });
		it(`finds numbers that are none in ${type}`, async () => {
			assert.equal(await problemOf(adapter({}, wide(at(60_000, 0)))), undefined);
			for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
				const problem = await problemOf(adapter({}, wide(at(bad, 32 * rank - 1))));
				assert.match(problem ?? '', /attn_q\.weight\.lora_a" holds infinite numbers or NaN/, `${bad}`);
			}
		});
	}

	it('refuses files that are something else, or not whole', async () => {
		const whole = fs.readFileSync(adapter());
		const file = path.join(folder, 'bad.gguf');
		for (const [bytes, reason] of [
			[Buffer.from('nothing'), /bad\.gguf cannot be used as an adapter: it is not a GGUF file/],
			[Buffer.alloc(0), /empty/],
			[whole.subarray(0, 40), /file ends at byte 40/],
			[whole.subarray(0, whole.length - 64), /bytes are missing.*whole GGUF file/],
		] as const) {
			fs.writeFileSync(file, bytes);
			const found = await checkAdapter(file, base, never);
			assert.ok(found.type === 'unsupported');
			assert.match(found.reason, reason);
		}
		assert.match((await problemOf(path.join(folder, 'none.gguf'))) ?? '', /no such file/);
		assert.match((await problemOf(folder)) ?? '', /it is a folder/);
		assert.match((await problemOf(base.path)) ?? '', /no adapter .*"model"/);
	});

	it('knows the tensors of all parts of a base', () => {
		const { metadata, tensors } = randomModel(SMALLEST_MODEL);
		const parts = [1, 2].map((number) => path.join(folder, `m-0000${number}-of-00002.gguf`));
		const [first = '', second = ''] = parts;
		writeGguf(first, { metadata, tensors: tensors.slice(0, 3) });
		writeGguf(second, { metadata: {}, tensors: tensors.slice(3) });
		const whole = readBase({ ...base, path: first });
		assert.deepEqual([...whole.tensors.keys()], [...base.tensors.keys()]);
	});
});
