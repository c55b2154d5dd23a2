/** Requests to whatever host is there: sent once more after a crash, without anything being delivered twice. */

import {
	type ChatRequest,
	type EncodeChatsRequest,
	type EncodeRequest,
	type FillRequest,
	type GenerationEvent,
	type LoadOptions,
	ModelUnavailable,
	type Unsupported,
} from '../model';
import { chatsCharacters } from '../wire/chatShapes';
import { encodeCharacters, MAX_SAMPLES, sampleCount } from '../wire/encodeShapes';
import { anyOf, type Check, MAX_REQUEST_CHARACTERS, unsupported } from '../wire/shapes';
import { HostGone } from './hostGone';
import type { HostLife } from './hostLife';
import { Resumption } from './resumption';

/** Crashes of the host during one request after which it is not sent again: it may be what crashes it. */
const MAX_CRASHES = 2;

interface RequestsOptions {
	/** Waits for a host with a model. Rejects where none is coming, or the signal fires. */
	readonly ready: (signal: AbortSignal) => Promise<HostLife>;
	/** The model that is chosen now. */
	readonly model: () => LoadOptions | undefined;
}

export class Requests {
	constructor(private readonly options: RequestsOptions) {}

	/**
	 * @param characters Characters of text in the request.
	 * @throws ModelUnavailable, also when an answer cannot be continued after a crash; an AbortError.
	 */
	async *generate(
		method: 'fill' | 'chat',
		request: FillRequest | ChatRequest,
		characters: number,
		signal: AbortSignal,
	): AsyncGenerator<GenerationEvent> {
		if (characters > MAX_REQUEST_CHARACTERS) {
			yield tooLarge(characters);
			return;
		}
		const resumption = new Resumption();
		const model = this.options.model();
		for (let crashes = 0; crashes < MAX_CRASHES; ) {
			const life = await this.options.ready(signal);
			if (resumption.hasDelivered && this.options.model() !== model) {
				throw interrupted('the model was changed');
			}
			resumption.restart();
			try {
				for await (const event of life.link.stream(method, request, signal)) {
					const fresh = resume(resumption, event);
					if (fresh !== undefined) {
						yield fresh;
					}
				}
				return;
			} catch (error) {
				crashes += crashesOf(error, life);
			}
		}
		throw interrupted('the model host crashed twice');
	}

	/** As `ask`, for many samples at once. */
	async askSamples<T>(
		method: string,
		request: Pick<EncodeRequest, 'fills'> & Partial<EncodeRequest>,
		check: Check<T>,
		signal: AbortSignal,
	): Promise<T | Unsupported> {
		const samples = { fills: request.fills, plains: request.plains ?? [] };
		const count = sampleCount(samples);
		return count > MAX_SAMPLES
			? tooMany(count)
			: this.ask(method, request, encodeCharacters(samples), check, signal);
	}

	/** As `ask`, for many conversations at once. */
	async askChats<T>(
		method: string,
		request: EncodeChatsRequest,
		check: Check<T>,
		signal: AbortSignal,
	): Promise<T | Unsupported> {
		const count = request.chats.length;
		return count > MAX_SAMPLES
			? tooMany(count)
			: this.ask(method, request, chatsCharacters(request), check, signal);
	}

	/** One request with one answer. Throws as `generate`. */
	async ask<T>(
		method: string,
		parameters: object,
		characters: number,
		check: Check<T>,
		signal: AbortSignal,
	): Promise<T | Unsupported> {
		if (characters > MAX_REQUEST_CHARACTERS) {
			return tooLarge(characters);
		}
		for (let crashes = 0; crashes < MAX_CRASHES; ) {
			const life = await this.options.ready(signal);
			try {
				return await life.link.request(method, parameters, anyOf(check, unsupported), signal);
			} catch (error) {
				crashes += crashesOf(error, life);
			}
		}
		throw unanswered('The model host crashed twice on this request, so it is not sent again.');
	}
}

/**
 * 1 for a crash, 0 for a host that was asked to end, by this window or another, or that died of what another window loads.
 * Any other error is thrown on.
 */
function crashesOf(error: unknown, life: HostLife): number {
	if (HostGone.is(error)) {
		return life.isStopping || life.link.work.wasElsewhere ? 0 : 1;
	}
	throw error;
}

/** The event to pass on, if any. Throws ModelUnavailable when a retried answer is another one. */
function resume(resumption: Resumption, event: GenerationEvent): GenerationEvent | undefined {
	if (event.type === 'prefilled') {
		return resumption.hasDelivered ? undefined : event;
	}
	if (event.type === 'text') {
		const text = resumption.accept(event.text);
		if (text === undefined) {
			throw interrupted('the model host crashed');
		}
		if (text === event.text) {
			return event;
		}
		// Nobody knows how probable the part of a piece was.
		return text === '' ? undefined : { type: 'text', text };
	}
	// A call, or the end.
	if (!resumption.isComplete) {
		throw interrupted('the model host crashed');
	}
	return event;
}

function interrupted(reason: string): ModelUnavailable {
	return unanswered(`The answer was interrupted: ${reason}, and it could not be continued.`);
}

function unanswered(message: string): ModelUnavailable {
	return new ModelUnavailable({ code: 'answer-interrupted', message, remedies: ['restart', 'show-log'] });
}

function tooLarge(characters: number): Unsupported {
	return {
		type: 'unsupported',
		reason: `The request has ${characters} characters; at most ${MAX_REQUEST_CHARACTERS} can be sent.`,
	};
}

function tooMany(count: number): Unsupported {
	return {
		type: 'unsupported',
		reason: `The request has ${count} samples; at most ${MAX_SAMPLES} can be sent.`,
	};
}
