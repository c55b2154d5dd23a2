/** The whole way from audited files to a dataset, against a scripted model and files made for the test. */
import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Audit } from '../../../../src/finetune/corpus/verdict';
import type { ScoreFills } from '../../../../src/finetune/dataset/baseLoss';
import {
	buildDataset,
	type DatasetOptions,
	type DatasetProgress,
} from '../../../../src/finetune/dataset/build';
import { DatasetError } from '../../../../src/finetune/dataset/datasetError';
import { drawHere } from '../../../../src/finetune/dataset/drawHere';
import { isAbort } from '../../../../src/inference/cancel';
import { FakeModel, fakeDescription } from '../../../support/fakeModel';

const never = new AbortController().signal;
const quiet = () => undefined;
const options: DatasetOptions = { lossOn: 'middle', seed: 1, longest: 256, passes: 1, draw: drawHere() };

/** Code in which every line names its file. */
const code = (name: string, lines: number) =>
	Array.from({ length: lines }, (_, line) =>
		line % 5 === 0
			? `function ${name}F${line}() {\n`
			: line % 5 === 4
				? '}\n'
				: `\tconst ${name}V${line} = ${name}(${line});\n`,
	).join('');

describe('buildDataset', () => {
	let folder = '';
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-build-'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	function auditOf(files: Readonly<Record<string, string>>): Audit {
		return {
			repositories: [{ name: 'sample', folder, gitPath: 'git' }],
			leftOut: [],
			files: Object.entries(files).map(([file, text]) => {
				fs.writeFileSync(path.join(folder, file), text);
				const hash = createHash('sha256').update(text).digest('hex');
				return { repository: 0, path: file, verdict: { type: 'in', characters: text.length, hash } };
			}),
		};
	}
	const filesOf = (count: number, lines = 60) =>
		Object.fromEntries(
			Array.from({ length: count }, (_, index) => {
				const name = `n${String(index).padStart(2, '0')}q`;
				return [`${name}.ts`, code(name, lines)];
			}),
		);
	const decode = (tokens: Iterable<number>) => String.fromCodePoint(...tokens);

	it('makes samples of every file, each on its side of the split', async () => {
		const model = new FakeModel();
		const { header, train, heldOut, notes, test, validation } = await buildDataset(
			auditOf(filesOf(40)),
			model,
			options,
			quiet,
			never,
		);
		const tested = new Set(test.map(({ file }) => file));
		assert.deepEqual(
			new Set([...header.files, ...tested]),
			new Set(Object.keys(filesOf(40)).map((file) => `sample/${file}`)),
		);
		// The test is in no part of the dataset itself.
		assert.equal(header.files.length + tested.size, 40);
		assert.match(notes.join(), /^The test is drawn from files by chance: there are too few commits/);
		const sides = [train, heldOut].map((samples) => new Set(samples.map((sample) => sample.file)));
		assert.deepEqual([...sides.map((side) => side.size), tested.size], [34, 2, 4]);
		assert.deepEqual(
			new Set(validation.map(({ file }) => file)),
			new Set(heldOut.map(({ file }) => header.files[file])),
		);
		// No leak: neither by index, nor by what the tokens say.
		const names = [train, heldOut].map(
			(samples) => new Set(samples.flatMap((sample) => decode(sample.tokens).match(/n\d\dq/g) ?? [])),
		);
		assert.equal([...(sides[0] ?? [])].filter((file) => sides[1]?.has(file)).length, 0);
		assert.equal([...(names[0] ?? [])].filter((name) => names[1]?.has(name)).length, 0);
		for (const sample of [...train, ...heldOut]) {
			const name = /\/(n\d\dq)/.exec(header.files[sample.file] ?? '')?.[1] ?? '?';
			assert.deepEqual(new Set(decode(sample.tokens).match(/n\d\dq/g)), new Set([name]));
			assert.ok(sample.tokens.length >= 2 && sample.tokens.length <= options.longest);
			assert.equal(sample.tokens.length, sample.weights.length);
			assert.equal(sample.weights[0], 0);
			assert.ok(sample.weights.includes(1));
		}
	});

	it('says what the dataset is', async () => {
		const { header, train, heldOut, test } = await buildDataset(
			auditOf(filesOf(12)),
			new FakeModel(),
			options,
			quiet,
			never,
		);
		const { files: _, train: one, heldOut: other, ...rest } = header;
		assert.deepEqual(rest, {
			version: 1,
			promptFormat: fakeDescription.promptFormat,
			basePath: fakeDescription.path,
			repositories: ['sample'],
			lossOn: 'middle',
			seed: 1,
			longest: 256,
			end: 4,
			heads: [],
			test: { by: 'seed', places: test.length },
			replay: 0,
		});
		const decoded = train.filter(({ tokens }) => tokens.at(-1) === header.end);
		assert.ok(decoded.length > 0 && decoded.length < train.length, 'some end nowhere in particular');
		for (const [part, samples] of [
			[one, train],
			[other, heldOut],
		] as const) {
			assert.equal(part.samples, samples.length);
			assert.equal(
				part.tokens,
				samples.reduce((sum, sample) => sum + sample.tokens.length, 0),
			);
			assert.equal(
				part.weighted,
				samples.reduce((sum, sample) => sum + sample.weights.filter((weight) => weight > 0).length, 0),
			);
			assert.equal(part.files, new Set(samples.map((sample) => sample.file)).size);
		}
		assert.deepEqual([one.files, other.files, new Set(test.map(({ file }) => file)).size], [10, 1, 1]);
	});

	it('is the same for the same seed; another draws other holes but keeps those held out', async () => {
		const audit = auditOf(filesOf(20));
		const build = (changes: Partial<DatasetOptions>) =>
			buildDataset(audit, new FakeModel(), { ...options, ...changes }, quiet, never);
		const first = await build({});
		assert.deepEqual(await build({}), first);
		const twice = await build({ passes: 2 });
		assert.deepEqual(
			twice.heldOut.map((sample) => sample.tokens),
			first.heldOut.map((sample) => sample.tokens),
		);
		assert.ok(
			twice.train.length > 1.8 * first.train.length && twice.train.length <= 2 * first.train.length + 20,
		);
		const texts = new Set(twice.train.map((sample) => decode(sample.tokens)));
		assert.ok(texts.size > 0.95 * twice.train.length, 'a second pass draws new holes');
		assert.notDeepEqual((await build({ seed: 2 })).train, first.train);
	});

	it('scales the holes with the text', async () => {
		const small = await buildDataset(auditOf(filesOf(20, 60)), new FakeModel(), options, quiet, never);
		const large = await buildDataset(auditOf(filesOf(20, 240)), new FakeModel(), options, quiet, never);
		const ratio = large.train.length / small.train.length;
		assert.ok(ratio > 3.4 && ratio < 4.6, `${ratio}`);
	});

	it('holds out fill-in-the-middle samples only', async () => {
		const model = new FakeModel();
		const { train, heldOut } = await buildDataset(auditOf(filesOf(40, 200)), model, options, quiet, never);
		// The fake starts a plain text with 0 and a prompt with 1.
		const plain = (samples: typeof train) => samples.filter((sample) => sample.tokens[0] === 0).length;
		assert.equal(plain(heldOut), 0);
		const share = plain(train) / train.length;
		assert.ok(share > 0.05 && share < 0.16, `${share}`);
	});

	it('leaves out what there is no time for: first what the base knows, and what is noise to it', async () => {
		const audit = auditOf(filesOf(40, 400));
		const all = await buildDataset(audit, new FakeModel(), options, quiet, never);
		const asked: string[] = [];
		const model = Object.assign(new FakeModel(), {
			scoreFills: async ({ fills }: Parameters<ScoreFills>[0]) => {
				asked.push(...fills.map(({ middle }) => middle));
				// The longer, the better known.
				return {
					type: 'scored' as const,
					fills: fills.map(({ middle }) => ({ logProbabilities: [-1 / middle.length] })),
				};
			},
		});
		const built = await buildDataset(audit, model, { ...options, minutes: 2 }, quiet, never);
		const tokensOf = (samples: typeof all.train) =>
			samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
		const budget = 2 * 60 * fakeDescription.prefillTokensPerSecond * 0.5;
		assert.ok(tokensOf(all.train) > 1.2 * budget, 'there is more than time for');
		assert.ok(tokensOf(built.train) <= budget + options.longest && tokensOf(built.train) > 0.8 * budget);
		assert.ok(asked.length > 50 && asked.length < 0.5 * all.train.length, `${asked.length}`);
		assert.match(built.notes.join('\n'), /no time for all: [\d,]+/);
		assert.equal(built.header.train.samples, built.train.length);
		const longest = asked.toSorted((one, other) => other.length - one.length).slice(0, 10);
		const learned = built.train.map(({ tokens }) => decode(tokens));
		for (const middle of longest) {
			assert.ok(!learned.some((text) => text.endsWith(middle) || text.endsWith(`${middle}\u0004`)), middle);
		}
		assert.deepEqual(built.test, all.test, 'the test stays what it is');
		// While there is time for all, nobody is asked.
		asked.length = 0;
		await buildDataset(audit, model, { ...options, minutes: 300 }, quiet, never);
		assert.equal(asked.length, 0);
	});

	it('has the model write a tenth itself, and says where it does not', async () => {
		const audit = auditOf(filesOf(40, 200));
		const talking = () => {
			const model = new FakeModel();
			let count = 0;
			model.onFill = () => `somethingOfItsOwn${count++}(); // ${'and more '.repeat(5)}\n`;
			return model;
		};
		const own = { ...options, replayShare: 0.1, minutes: 60 };
		const told: DatasetProgress[] = [];
		const onProgress = (one: DatasetProgress) => {
			told.push(one);
		};
		const { header, train, heldOut, notes } = await buildDataset(audit, talking(), own, onProgress, never);
		assert.equal(header.replay, 100);
		// How much is left is known from the first one that it writes.
		assert.equal(new Set(told.slice(-100).map(({ all }) => all)).size, 1);
		const written = train.slice(-100);
		assert.ok(written.every(({ file }) => file === header.files.length - 1));
		assert.ok(written.every(({ tokens }) => decode(tokens).includes('somethingOfItsOwn')));
		assert.ok(
			![...train.slice(0, -100), ...heldOut].some(({ tokens }) => decode(tokens).includes('OfItsOwn')),
		);
		assert.ok(!notes.some((note) => /repeats nothing/.test(note)));
		const short = await buildDataset(audit, talking(), { ...own, minutes: 1 }, quiet, never);
		assert.equal(short.header.replay, 0);
		assert.match(short.notes.join('\n'), /repeats nothing.*more than a tenth of the time/);
		const busy = talking();
		busy.state = {
			type: 'ready',
			model: { ...fakeDescription, adapters: [{ path: '/adapters/old.gguf', scale: 1 }] },
		};
		const adapted = await buildDataset(audit, busy, own, quiet, never);
		assert.match(adapted.notes.join('\n'), /repeats nothing.*an adapter is in use/);
		assert.equal(busy.fills.length, 0);
	});

	it('keeps up to 200 of the spans that are learned from', async () => {
		const { trainSample, train, header } = await buildDataset(
			auditOf(filesOf(40, 400)),
			new FakeModel(),
			options,
			quiet,
			never,
		);
		assert.equal(trainSample.length, 200);
		const learned = train.map(({ tokens }) => decode(tokens));
		for (const { middle, file } of trainSample) {
			assert.ok(header.files.includes(file));
			assert.ok(
				learned.some((text) => text.includes(middle)),
				middle,
			);
		}
		assert.ok(new Set(trainSample.map(({ file }) => file)).size > 25, 'of all files');
	});

	it('reports progress up to the end', async () => {
		const seen: DatasetProgress[] = [];
		const { train, heldOut } = await buildDataset(
			auditOf(filesOf(40, 200)),
			new FakeModel(),
			options,
			(one) => {
				seen.push(...(one.of === 'samples' ? [one] : []));
			},
			never,
		);
		assert.ok(seen.length >= 3);
		assert.ok(seen.every((one, index) => one.done > (seen[index - 1]?.done ?? 0) && one.done <= one.all));
		assert.ok((seen.at(-1)?.done ?? 0) >= train.length + heldOut.length);
	});

	it('leaves out a file that changed since it was judged, and says so', async () => {
		const audit = auditOf(filesOf(12));
		fs.appendFileSync(path.join(folder, 'n03q.ts'), "const password = 'new';\n");
		fs.rmSync(path.join(folder, 'n05q.ts'));
		const { header, train, heldOut, notes, test } = await buildDataset(
			audit,
			new FakeModel(),
			options,
			quiet,
			never,
		);
		assert.equal(new Set([...header.files, ...test.map(({ file }) => file)]).size, 10);
		assert.ok(![...train, ...heldOut].some((sample) => /n0[35]q/.test(decode(sample.tokens))));
		assert.match(notes[0] ?? '', /12 files.*not verifiable/);
		assert.match(notes.at(-1) ?? '', /changed while they were read: sample\/n03q\.ts, sample\/n05q\.ts\./);
	});

	it('refuses when all have changed', async () => {
		const audit = auditOf(filesOf(12));
		for (const { path: file } of audit.files) {
			fs.writeFileSync(path.join(folder, file), 'other\n');
		}
		await assert.rejects(
			buildDataset(audit, new FakeModel(), options, quiet, never),
			/No samples.*12 of 12 files changed.*Save them/,
		);
	});

	it('refuses an empty workspace, one file, and a few', async () => {
		const refused = (audit: Audit, expected: RegExp) =>
			assert.rejects(
				buildDataset(audit, new FakeModel(), options, quiet, never),
				(error) => error instanceof DatasetError && expected.test(error.message),
			);
		await refused({ repositories: [], leftOut: [], files: [] }, /no file to learn from/);
		await refused(auditOf(filesOf(1)), /Only 1 file can/);
		await refused(auditOf(filesOf(9)), /Only 9 files can/);
	});

	it('refuses a model that is not there, cannot fill, or cannot be asked', async () => {
		const audit = auditOf(filesOf(12));
		const refused = (model: FakeModel, expected: RegExp) =>
			assert.rejects(
				buildDataset(audit, model, options, quiet, never),
				(error) => error instanceof DatasetError && expected.test(error.message),
			);
		const model = new FakeModel();
		model.state = { type: 'none' };
		await refused(model, /no model that could be trained yet/);
		model.state = { type: 'failed', problem: { code: 'x', message: 'It is broken.', remedies: [] } };
		await refused(model, /^It is broken\.$/);
		model.state = {
			type: 'ready',
			model: { ...fakeDescription, fill: { type: 'unsupported', reason: 'It has no middle token.' } },
		};
		await refused(model, /fake cannot be trained.*no middle token.*Select a model/);
		const silent = new FakeModel();
		silent.encode = async () => ({ type: 'unsupported', reason: 'The prompt format is unknown.' });
		await refused(silent, /^The prompt format is unknown\.$/);
	});

	it('refuses to mix the tokens of two models', async () => {
		const model = new FakeModel();
		const encode = model.encode.bind(model);
		model.encode = (request) => {
			model.state = { type: 'ready', model: { ...fakeDescription, path: '/models/other.gguf' } };
			return encode(request);
		};
		await assert.rejects(
			buildDataset(auditOf(filesOf(12)), model, options, quiet, never),
			/model was changed.*\/models\/fake\.gguf/,
		);
	});

	it('stops when it is cancelled', async () => {
		const controller = new AbortController();
		const model = new FakeModel();
		let asked = 0;
		const onProgress = () => {
			asked = model.encodings.length;
			controller.abort();
		};
		const run = buildDataset(auditOf(filesOf(40, 200)), model, options, onProgress, controller.signal);
		await assert.rejects(run, isAbort);
		assert.equal(model.encodings.length, asked);
	});
});
