/** A conversation → tokens and weights: ChatML as the product renders it, learned where the assistant speaks. */

import type { Sample } from '../../../src/finetune/dataset/sample';
import type { Tokenizer } from '../tokenizer';
import type { Conversation } from './conversation';

/** Loss on the last answer and the token that ends it; earlier answers only condition, as they do in the product. */
export function chatSample(tokenizer: Tokenizer, { messages }: Pick<Conversation, 'messages'>): Sample {
	const start = tokenizer.idOf('<|im_start|>');
	const end = tokenizer.idOf('<|im_end|>');
	const tokens: number[] = [];
	let answer = 0;
	for (const [index, { role, content }] of messages.entries()) {
		const isLast = index === messages.length - 1;
		// The product tokenises text by itself, so that no token reaches over its border.
		tokens.push(start, ...tokenizer.encode(`${role}\n`));
		answer = tokens.length;
		tokens.push(...tokenizer.encode(content), end, ...(isLast ? [] : tokenizer.encode('\n')));
	}
	const weights = new Float32Array(tokens.length).fill(1, answer);
	return { tokens: Int32Array.from(tokens), weights, file: 0 };
}
