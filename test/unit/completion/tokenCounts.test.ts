/** What other files take in a prompt is reckoned at once, and known as soon as the model has counted. */
import * as assert from 'node:assert/strict';
import { TokenCounts } from '../../../src/completion/tokenCounts';
import { FakeModel, fakeDescription } from '../../support/fakeModel';

const never = new AbortController().signal;

/** A model whose tokens have so many characters, and the texts that it was asked to count. */
function counting(charactersPerToken: number) {
	const model = new FakeModel();
	const asked: string[] = [];
	const vocabulary = { charactersPerToken };
	model.tokenize = async (text) => {
		asked.push(text);
		const { length } = text;
		return {
			type: 'tokens',
			tokens: Array.from({ length: Math.ceil(length / vocabulary.charactersPerToken) }, () => 1),
		};
	};
	return { model, asked, vocabulary, counts: new TokenCounts(model) };
}

const file = (name: string, length = 991) => ({ path: `${name}.ts`, text: name.repeat(length) });

describe('token counts', () => {
	it('are reckoned at three bytes a token before anything was counted, whatever the script', () => {
		const { counts } = counting(5);
		const { tokensOf } = counts.room(1_000);
		// Path, text and two line ends; two tokens around.
		assert.equal(tokensOf(file('a')), 2 + Math.ceil((4 + 991 + 2) / 3));
		assert.equal(tokensOf({ path: 'a.ts', text: '读'.repeat(100) }), 2 + Math.ceil((4 + 300 + 2) / 3));
	});

	it('are the model’s own once it was asked, for what is reckoned, too', async () => {
		const { counts, asked } = counting(5);
		const { tokensOf, count } = counts.room(1_000);
		await count([file('a'), file('b')], never);
		assert.equal(tokensOf(file('a')), 2 + Math.ceil(997 / 5));
		assert.equal(tokensOf(file('c')), 2 + Math.ceil(997 / 5));
		await count([file('a'), file('b'), file('c')], never);
		assert.deepEqual(
			asked.map((text) => text.slice(0, 4)),
			['a.ts', 'b.ts', 'c.ts'],
		);
	});

	it('of one model say nothing of another', async () => {
		const { model, counts, vocabulary } = counting(5);
		const room = counts.room(1_000);
		await room.count([file('a')], never);
		vocabulary.charactersPerToken = 2;
		model.change({ type: 'ready', model: { ...fakeDescription, path: '/models/other.gguf' } });
		assert.equal(room.tokensOf(file('a')), 2 + Math.ceil(997 / 3));
		await room.count([file('a')], never);
		assert.equal(room.tokensOf(file('a')), 2 + Math.ceil(997 / 2));
	});

	it('that come when another model is loaded are not taken', async () => {
		const { model, counts } = counting(5);
		const room = counts.room(1_000);
		const { tokenize } = model;
		model.tokenize = async (text) => {
			model.change({ type: 'ready', model: { ...fakeDescription, path: '/models/other.gguf' } });
			room.tokensOf(file('b'));
			return tokenize(text);
		};
		await room.count([file('a')], never);
		assert.equal(room.tokensOf(file('a')), 2 + Math.ceil(997 / 3));
	});

	it('are not asked for where the text cannot fit, nor without a model', async () => {
		const { model, counts, asked } = counting(5);
		await counts.room(10).count([file('a')], never);
		model.change({ type: 'starting' });
		await counts.room(1_000).count([file('a')], never);
		assert.deepEqual(asked, []);
	});

	it('stay reckoned where the model cannot count', async () => {
		const { model, counts } = counting(5);
		const room = counts.room(1_000);
		model.tokenize = async () => ({ type: 'unsupported', reason: 'It cannot.' });
		await room.count([file('a')], never);
		model.tokenize = async () => {
			throw new Error('broken');
		};
		await assert.rejects(room.count([file('a')], never), /broken/);
		assert.equal(room.tokensOf(file('a')), 2 + Math.ceil(997 / 3));
	});
});
