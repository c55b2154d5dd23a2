/** The prompt of a fill in a model's tokens, and the room for prompts in its context. */

import { renderFill, renderLeftToRight } from '../fillFormat';
import type { FillRequest, Unsupported } from '../model';
import type { ModelTokens } from './modelTokens';
import { openTypedEnd, type TypedEnd } from './typedEnd';

/** Share of the context that an answer may keep free for itself. */
const ANSWER_SHARE = 1 / 2;

interface PromptModel {
	readonly tokens: Pick<ModelTokens, 'fill' | 'tokenize' | 'vocabulary' | 'pieces' | 'detokenize'>;
	/** Tokens of each sequence. */
	readonly contextSize: number;
}

/** Tokens of the context that are left for the prompt. @param maxTokens of the answer. */
export function promptRoom({ contextSize }: Pick<PromptModel, 'contextSize'>, maxTokens: number): number {
	return contextSize - Math.max(1, Math.min(maxTokens, Math.floor(contextSize * ANSWER_SHARE)));
}

/** Tokens of a prompt, and the end of what was typed, which is not among them. */
interface FillPrompt {
	readonly type: 'prompt';
	readonly prompt: readonly number[];
	readonly typedEnd: TypedEnd | undefined;
}

/** The prompt that is filled in; both parts have fewer tokens than the context holds. */
export function fillPrompt(model: PromptModel, request: FillRequest): FillPrompt | Unsupported {
	const { fill, tokenize, vocabulary } = model.tokens;
	const { continues = false, leftToRight } = request;
	if (fill.type === 'unsupported' && !leftToRight && !continues) {
		return fill;
	}
	const limit = Math.min(request.maxPromptTokens, promptRoom(model, request.maxTokens));
	const { tokens: prompt, typedStart } =
		fill.type === 'fill' && !continues
			? renderFill(fill, request, tokenize, limit)
			: { tokens: renderLeftToRight(vocabulary.begin, request, tokenize, limit), typedStart: 1 };
	if (prompt.length === 0) {
		return { type: 'unsupported', reason: 'There is no text that this model could continue.' };
	}
	if (prompt.length >= model.contextSize) {
		return { type: 'unsupported', reason: 'The request is longer than the context of this model.' };
	}
	const { pieces, detokenize } = model.tokens;
	return { type: 'prompt', ...openTypedEnd(prompt, typedStart, pieces, detokenize) };
}
