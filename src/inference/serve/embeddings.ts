/** `POST /v1/embeddings`: a vector for each text, of the model in use. */

import { MOST_EMBEDDED_TOKENS } from '../model';
import { badRequest, tooLong } from './apiError';
import type { Parameters } from './parameters';
import { type Answer, described, type Service, tokensIn } from './service';

/** As OpenAI has it. */
const MOST_TEXTS = 2_048;
/** Tokens that the model may put around a text, at most. */
const FRAME = 4;

export async function embeddings(
	parameters: Parameters,
	service: Service,
	signal: AbortSignal,
): Promise<Answer> {
	const texts = textsOf(parameters.any('input'));
	const format = parameters.any('encoding_format') ?? 'float';
	if (format !== 'float' && format !== 'base64') {
		throw badRequest('encoding_format must be float or base64.', 'encoding_format');
	}
	const dimensions = parameters.count('dimensions', 1);
	const model = await described(service, signal);
	const most = Math.min(MOST_EMBEDDED_TOKENS, model.trainedContext - FRAME);
	let promptTokens = 0;
	const data: object[] = [];
	for (const [index, text] of texts.entries()) {
		const tokens = await tokensIn(service, text, signal);
		if (tokens > most) {
			throw tooLong(`input[${index}]`, tokens, most, `input[${index}]`);
		}
		promptTokens += tokens;
		const embedded = await service.model.embed(text, signal);
		if (embedded.type === 'unsupported') {
			throw badRequest(embedded.reason);
		}
		const { vector } = embedded;
		if (dimensions !== undefined && dimensions !== vector.length) {
			throw badRequest(`dimensions can only be ${vector.length} with this model.`, 'dimensions');
		}
		data.push({ object: 'embedding', index, embedding: format === 'float' ? vector : base64Of(vector) });
	}
	return {
		type: 'whole',
		body: {
			object: 'list',
			data,
			model: model.name,
			usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
		},
	};
}

function textsOf(value: unknown): readonly string[] {
	const all: readonly unknown[] = Array.isArray(value) ? value : [value];
	const texts = all.filter((one): one is string => typeof one === 'string' && one !== '');
	if (texts.length < all.length || texts.length === 0 || texts.length > MOST_TEXTS) {
		throw badRequest(
			`input must be a text, or a list of 1 to ${MOST_TEXTS} texts, none of them empty; tokens are not taken.`,
			'input',
		);
	}
	return texts;
}

/** Numbers of 32 bits, the least significant byte first. */
function base64Of(vector: readonly number[]): string {
	const bytes = Buffer.alloc(vector.length * 4);
	for (const [index, value] of vector.entries()) {
		bytes.writeFloatLE(value, index * 4);
	}
	return bytes.toString('base64');
}
