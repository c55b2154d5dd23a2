/** What the endpoints ask: the model that answers, and how much it can read. */

import { type ModelDescription, ModelUnavailable } from '../model';
import { badRequest } from './apiError';
import type { ServedModel, ServedModels } from './servedModels';

export interface Service {
	/** The one that answers this request. */
	readonly model: ServedModel;
	/** All that there are. */
	readonly models: ServedModels;
	/** Of an answer in a chat where a request names none. */
	readonly temperature: () => number;
	/** Seconds since 1970, of now. */
	readonly now: () => number;
}

/** An answer: one JSON document, or one after the other as events. */
export type Answer =
	| { readonly type: 'whole'; readonly body: object }
	| {
			readonly type: 'stream';
			readonly events: AsyncGenerator<object, void>;
			/** Whether `[DONE]` follows the last, as OpenAI's clients expect. */
			readonly saysDone: boolean;
	  };

/** Waits for a model that is being loaded. @throws ModelUnavailable where none is coming. */
export async function described({ model }: Service, signal: AbortSignal): Promise<ModelDescription> {
	if (model.state.type !== 'ready') {
		await model.tokenize('', signal);
	}
	const { state } = model;
	if (state.type !== 'ready') {
		throw new ModelUnavailable({ code: 'model-not-loaded', message: 'No model is loaded.', remedies: [] });
	}
	return state.model;
}

export async function tokensIn({ model }: Service, text: string, signal: AbortSignal): Promise<number> {
	if (text === '') {
		return 0;
	}
	const counted = await model.tokenize(text, signal);
	if (counted.type === 'unsupported') {
		throw badRequest(counted.reason);
	}
	return counted.tokens.length;
}

/** The same, but not asked where the text is so short that it has fewer than `enough` in any vocabulary. */
export async function tokensOver(
	enough: number,
	service: Service,
	text: string,
	signal: AbortSignal,
): Promise<number> {
	const bytes = Buffer.byteLength(text);
	return bytes <= enough ? bytes : tokensIn(service, text, signal);
}
