/** `POST /v1/embeddings`: vectors in the form that was asked for, and what is not taken. */
import * as assert from 'node:assert/strict';
import { MOST_EMBEDDED_TOKENS } from '../../../../src/inference/model';
import { at, errorOf, useApi } from '../../../support/apiServer';

const EMBEDDINGS = '/v1/embeddings';

describe('embeddings', () => {
	const { model, api } = useApi();

	beforeEach(() => {
		model.onEmbed = (text) => ({ type: 'embedding', vector: [text.length, 0.5, -1] });
	});

	it('answers as OpenAI does', async () => {
		const { status, body } = await api.post(EMBEDDINGS, {
			input: 'code',
			model: 'GPT-4',
			encoding_format: 'float',
		});
		assert.equal(status, 200);
		assert.deepEqual(body, {
			object: 'list',
			data: [{ object: 'embedding', index: 0, embedding: [4, 0.5, -1] }],
			model: 'fake',
			usage: { prompt_tokens: 4, total_tokens: 4 },
		});
	});

	it('answers a list in its order, and in base 64', async () => {
		const { body } = await api.post(EMBEDDINGS, {
			input: ['a', 'bc'],
			encoding_format: 'base64',
			dimensions: 3,
		});
		const vectors = [0, 1].map((index) => {
			const bytes = Buffer.from(String(at(body, `data.${index}.embedding`)), 'base64');
			return [0, 4, 8].map((offset) => bytes.readFloatLE(offset));
		});
		assert.deepEqual(vectors, [
			[1, 0.5, -1],
			[2, 0.5, -1],
		]);
		assert.equal(at(body, 'usage.total_tokens'), 3);
	});

	it('says what it does not take', async () => {
		for (const input of [
			undefined,
			'',
			[],
			[1, 2],
			[[1]],
			['a', ''],
			{},
			Array.from({ length: 2_049 }, () => 'a'),
		]) {
			assert.equal(errorOf(await api.post(EMBEDDINGS, { input })).param, 'input');
		}
		assert.equal(
			errorOf(await api.post(EMBEDDINGS, { input: 'a', encoding_format: 'hex' })).param,
			'encoding_format',
		);
		assert.equal(errorOf(await api.post(EMBEDDINGS, { input: 'a', dimensions: 256 })).param, 'dimensions');
		const long = errorOf(await api.post(EMBEDDINGS, { input: ['a', 'b'.repeat(MOST_EMBEDDED_TOKENS + 1)] }));
		assert.deepEqual([long.code, long.param], ['context_length_exceeded', 'input[1]']);
		model.onEmbed = () => ({ type: 'unsupported', reason: 'The model makes no embeddings.' });
		assert.equal(
			errorOf(await api.post(EMBEDDINGS, { input: 'a' })).message,
			'The model makes no embeddings.',
		);
	});
});
