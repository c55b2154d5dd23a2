/** The model while nothing completes: one request at a time, which ends as soon as a completion is asked for. */

import { abortError, throwIfAborted, unlessAborted } from '../../inference/cancel';
import type { FillRequest, GenerationEvent, Generator } from '../../inference/model';
import type { CompletionEngineOptions } from '../engine';

interface Work {
	readonly abort: AbortController;
	/** Resolves when the model is done with it, however it ended. */
	readonly settled: Promise<void>;
}

export class SpareTime {
	/** The same model for those who come first: what goes on in its spare time ends before they begin. */
	readonly first: CompletionEngineOptions['model'];
	private own: Work | undefined;
	/** What those who come first are about. */
	private readonly others = new Set<Promise<void>>();

	constructor(private readonly model: CompletionEngineOptions['model']) {
		this.first = {
			get state() {
				return model.state;
			},
			onDidChangeState: (listener) => model.onDidChangeState(listener),
			fill: (request, signal) => this.filled(request, signal),
			prefill: (request, signal) => this.prefilled(request, signal),
			// Counting takes nothing from anybody.
			tokenize: (text, signal) => model.tokenize(text, signal),
		};
	}

	/**
	 * Fills in the middle once the model has nothing else to do. Rejects with an AbortError when the signal fires, and
	 * when somebody completes meanwhile. Whoever leaves the loop ends the work of the model.
	 */
	async *fill(request: FillRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
		while (this.own !== undefined || this.others.size > 0) {
			const busy = [...this.others, ...(this.own === undefined ? [] : [this.own.settled])];
			await unlessAborted(Promise.all(busy), signal);
		}
		throwIfAborted(signal);
		const { promise, end } = open();
		const own = { abort: new AbortController(), settled: promise };
		this.own = own;
		const both = AbortSignal.any([signal, own.abort.signal]);
		try {
			yield* this.model.fill(request, both);
			// A cancelled stream may end silently.
			throwIfAborted(both);
		} finally {
			this.own = undefined;
			end();
		}
	}

	private async *filled(request: FillRequest, signal: AbortSignal): AsyncGenerator<GenerationEvent> {
		this.own?.abort.abort(abortError());
		const leave = await this.enter(signal);
		try {
			yield* this.model.fill(request, signal);
		} finally {
			leave();
		}
	}

	/** Nobody waits for it: it waits its turn. */
	private async prefilled(request: FillRequest, signal: AbortSignal): ReturnType<Generator['prefill']> {
		const leave = await this.enter(signal);
		try {
			return await this.model.prefill(request, signal);
		} finally {
			leave();
		}
	}

	/** @returns what to call at the end. Rejects with an AbortError when the signal fires before it begins. */
	private async enter(signal: AbortSignal): Promise<() => void> {
		const { promise, end } = open();
		this.others.add(promise);
		const leave = () => {
			this.others.delete(promise);
			end();
		};
		try {
			await (this.own === undefined ? undefined : unlessAborted(this.own.settled, signal));
			return leave;
		} catch (error) {
			leave();
			throw error;
		}
	}
}

function open(): { readonly promise: Promise<void>; end(): void } {
	let end: () => void = () => undefined;
	const promise = new Promise<void>((resolve) => {
		end = resolve;
	});
	return { promise, end: () => end() };
}
