/** The list of models on a machine where some ran: what they did says what others will do. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { english } from '../../../../src/finetune/job/english';
import { rememberRun } from '../../../../src/inference/fit/profile';
import { roughShape } from '../../../../src/inference/fit/roughShape';
import type { Dialogues, Row } from '../../../../src/inference/models/dialogues';
import { Library } from '../../../../src/inference/models/library';
import { openShop } from '../../../../src/inference/models/openShop';
import { temporaryFolder } from '../../../support/engines';
import { measuredOn, profileOn } from '../../../support/machines';
import { silentLog } from '../../../support/silentLog';

describe('inference/models/openShop', () => {
	let folder: string;
	beforeEach(() => {
		folder = temporaryFolder();
	});

	/** The rows of the list, as text. */
	async function list(backend: 'cpu' | 'vulkan' | undefined): Promise<readonly string[]> {
		let shown: readonly string[] = [];
		const dialogues: Dialogues = {
			async pick<T>(_title: string, _placeholder: string, rows: readonly Row<T>[]) {
				shown = rows.map((row) =>
					'heading' in row ? `— ${row.heading}` : `${row.label} | ${row.detail ?? ''}`,
				);
				return undefined;
			},
			ask: async () => undefined,
			during: () => assert.fail('nothing takes long'),
			tell: () => assert.fail('nothing is told'),
			confirm: async () => false,
			browse: async () => undefined,
		};
		await openShop({
			folder: path.join(folder, 'models'),
			cacheFolder: path.join(folder, 'cache'),
			agent: 'test',
			dialogues,
			strictTls: () => true,
			token: { get: async () => undefined, set: async () => undefined },
			machine: () => ({ memory: 32e9, free: 20e9, hasGpu: backend === 'vulkan', backend }),
			translate: english,
			log: silentLog,
			inUse: () => [''],
			recent: () => [],
			use: async () => true,
			giveUp: async () => undefined,
			isStarterFor: () => true,
		}).open();
		return shown;
	}
	const row = (rows: readonly string[], name: string) =>
		rows.find((one) => one.includes(name)) ?? assert.fail(`${name} is not there`);

	async function ran(backend: 'cpu' | 'vulkan', file: string, bytes: number): Promise<void> {
		const measured = measuredOn(
			backend === 'cpu' ? 'cpu' : 'gpu',
			roughShape({ bytes, quantisation: 'Q4_K_M', parameters: undefined, layers: 28 }),
		);
		const { runs: _, video: __, ...device } = profileOn(backend, []);
		const video = backend === 'cpu' ? undefined : { total: 8e9, free: 7e9 };
		await rememberRun(path.join(folder, 'cache'), device, video, { path: file, fileBytes: bytes, measured });
	}

	it('knows no speed before anything ran', async () => {
		const rows = await list(undefined);
		assert.match(
			row(rows, 'Qwen2.5-Coder 7B Instruct'),
			/\| speed unknown until a model ran here · needs [56]\.\d GB, 20\.0 GB free/,
		);
		assert.equal(rows[0], '— recommended for 32.0 GB of memory, without a GPU');
	});

	it('expects of the models in the list what others did, on what computes now', async () => {
		await ran('cpu', '/models/a.gguf', 1.1e9);
		await ran('vulkan', '/models/a.gguf', 1.1e9);
		assert.match(
			row(await list('vulkan'), 'Qwen2.5-Coder 1.5B Instruct'),
			/expected: \d+ ms to first token, \d+ tokens a second on your GPU · needs 1\.\d GB, 6\.7 GB free/,
		);
		assert.match(
			row(await list('cpu'), 'Qwen2.5-Coder 1.5B Instruct'),
			/\d ms to first token, \d+ tokens a second on your processor · needs/,
		);
		assert.match((await list(undefined))[0] ?? '', /and a GPU$/, 'what ran last');
		assert.match(row(await list('cpu'), 'Qwen3-Coder 480B'), /does not fit: needs \d+\.\d GB, 20\.0 GB free/);
		assert.match(row(await list('cpu'), 'Qwen3 Embedding'), /\| needs \d/);
	});

	it('knows a model on this machine by its own header, once it ran', async () => {
		const library = new Library(path.join(folder, 'models'), english);
		const record = {
			name: 'Mine',
			origin: 'owner/mine-GGUF',
			licence: undefined,
			roles: ['completion'] as const,
			files: [{ name: 'mine.gguf', address: undefined, bytes: 4, sha256: undefined }],
		};
		await library.keep(record);
		const file = library.pathOf(record, { name: 'mine.gguf' });
		fs.writeFileSync(file, 'GGUF');
		assert.match(row(await list('cpu'), 'Mine'), /speed unknown/);
		await ran('cpu', file, 4e9);
		assert.match(row(await list('cpu'), 'Mine'), /\| expected: .* on your processor · needs [45]\.\d GB/);
	});
});
