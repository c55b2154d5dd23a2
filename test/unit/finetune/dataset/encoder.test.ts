/** Tasks become samples in the served format, with weights where they belong and never longer than allowed. */
import * as assert from 'node:assert/strict';
import { DatasetError } from '../../../../src/finetune/dataset/datasetError';
import { encodeTasks, endToken, type Task } from '../../../../src/finetune/dataset/encoder';
import type { Hole } from '../../../../src/finetune/dataset/holes';
import { fillPieces } from '../../../../src/inference/fillPieces';
import type { EncodeRequest } from '../../../../src/inference/model';
import { FakeModel } from '../../../support/fakeModel';

const never = new AbortController().signal;
const text = `${'// before\n'.repeat(20)}const sum = one + two;\n${'// after\n'.repeat(20)}`;
const start = text.indexOf('one + two');

const taskOf = (changes: Partial<Hole> = {}, file = 0): Task => ({
	repository: 'repository',
	path: 'src/sum.ts',
	text,
	hole: { kind: 'rest', start, end: start + 'one + two;'.length, ends: true, ...changes },
	file,
});
const decode = (tokens: Iterable<number>) => String.fromCodePoint(...tokens);

describe('encoder', () => {
	const all = { lossOn: 'all', longest: 1_000 } as const;
	const middle = { lossOn: 'middle', longest: 1_000 } as const;

	it('asks for the pieces that completion would, and what follows them', async () => {
		const model = new FakeModel();
		await encodeTasks([taskOf()], model, middle, never);
		const [request] = model.encodings;
		const maxPromptTokens = 1_000 - Math.ceil('one + two;'.length / 3) - 1;
		assert.deepEqual(request, {
			fills: [
				{
					...fillPieces(
						{
							repository: 'repository',
							path: 'src/sum.ts',
							before: text.slice(0, start),
							after: text.slice(start + 'one + two;'.length),
							firstLine: 0,
						},
						maxPromptTokens,
					),
					middle: 'one + two;',
					ends: true,
				},
			],
			plains: [],
		} satisfies EncodeRequest);
		assert.equal(request?.fills[0]?.typed, 'const sum = ');
	});

	it('weighs the middle and its end', async () => {
		const [sample] = await encodeTasks([taskOf({}, 3)], new FakeModel(), middle, never);
		const weighted = [...(sample?.tokens ?? [])].filter((_, index) => sample?.weights[index] === 1);
		assert.equal(decode(weighted), `one + two;${String.fromCodePoint(4)}`);
		assert.equal(sample?.file, 3);
		assert.ok(sample?.weights.every((weight) => weight === 0 || weight === 1));
	});

	it('does not teach to end where nobody would', async () => {
		const [sample] = await encodeTasks([taskOf({ ends: false })], new FakeModel(), middle, never);
		assert.equal(sample?.tokens.at(-1), ';'.codePointAt(0));
		assert.equal(sample?.weights.at(-1), 1);
	});

	it('weighs all but what was typed, where all is asked for', async () => {
		const [sample] = await encodeTasks([taskOf()], new FakeModel(), all, never);
		const without = [...(sample?.tokens ?? [])].filter((_, index) => sample?.weights[index] === 0);
		// The first token is never predicted.
		assert.equal(decode(without.slice(1)), 'const sum = ');
		assert.equal(sample?.weights[0], 0);
	});

	it('weighs all of a plain piece, whatever is asked for', async () => {
		const plain = taskOf({ kind: 'plain', start: 0, end: 40, ends: false });
		const [one, other] = await encodeTasks([plain, taskOf()], new FakeModel(), middle, never);
		assert.equal(decode(one?.tokens.slice(1) ?? []), text.slice(0, 40));
		assert.deepEqual([one?.weights[0], one?.weights.slice(1).every((weight) => weight === 1)], [0, true]);
		assert.equal(other?.weights[1], 0);
	});

	it('keeps the order of the tasks', async () => {
		const tasks = [5, 3, 9, 1].map((file, index) =>
			index % 2 === 0 ? taskOf({}, file) : taskOf({ kind: 'plain', start: 0, end: 30, ends: false }, file),
		);
		const samples = await encodeTasks(tasks, new FakeModel(), middle, never);
		assert.deepEqual(
			samples.map((sample) => sample.file),
			[5, 3, 9, 1],
		);
	});

	it('asks again where a middle has more tokens than reckoned, and stays within the limit', async () => {
		// The fake has a token for each character, three times what is reckoned.
		const model = new FakeModel();
		const hole = { kind: 'lines', end: start + 60, ends: false } as const;
		const [sample] = await encodeTasks([taskOf(hole)], model, { lossOn: 'middle', longest: 200 }, never);
		assert.equal(model.encodings.length, 2);
		assert.equal(sample?.tokens.length, 200);
		assert.ok(decode(sample?.tokens ?? []).endsWith(`const sum = ${text.slice(start, start + 60)}`));
		assert.equal(sample?.weights.filter((weight) => weight > 0).length, 60);
	});

	it('drops a sample whose middle leaves no room for a prompt', async () => {
		const long = taskOf({ kind: 'lines', end: start + 160, ends: false });
		const options = { lossOn: 'middle', longest: 200 } as const;
		const samples = await encodeTasks([long, taskOf({}, 2)], new FakeModel(), options, never);
		assert.deepEqual(
			samples.map((sample) => sample.file),
			[2],
		);
	});

	it('passes on why a model cannot be asked', async () => {
		const model = new FakeModel();
		model.encode = async () => ({ type: 'unsupported', reason: 'No middle here.' });
		for (const asked of [encodeTasks([taskOf()], model, middle, never), endToken(model, 256, never)]) {
			await assert.rejects(
				asked,
				(error) => error instanceof DatasetError && error.message === 'No middle here.',
			);
		}
	});

	it('knows the token that ends a middle, and that a model may have none', async () => {
		const model = new FakeModel();
		assert.equal(await endToken(model, 256, never), 4);
		const { encode } = model;
		model.encode = (request) =>
			encode.call(model, { ...request, fills: request.fills.map((fill) => ({ ...fill, ends: false })) });
		assert.equal(await endToken(model, 256, never), undefined);
	});
});
