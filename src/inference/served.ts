/** Models that tell when they begin and end answering: training on the same machine holds back meanwhile. */

import type { ChatRequest, FillRequest, GenerationEvent, Model } from './model';

/**
 * Makes the same model of each model that it is given. Samples that are encoded, prompts that are prefilled and the like
 * do not count: nobody waits for them.
 *
 * @param onBusy `true` when the first generation of any of them begins, `false` when the last has ended.
 */
export function served(onBusy: (busy: boolean) => void): (model: Model) => Model {
	let running = 0;
	async function* counted(events: AsyncIterable<GenerationEvent>): AsyncGenerator<GenerationEvent> {
		if (++running === 1) {
			onBusy(true);
		}
		try {
			yield* events;
		} finally {
			if (--running === 0) {
				onBusy(false);
			}
		}
	}
	return (model) => ({
		get state() {
			return model.state;
		},
		onDidChangeState: (listener) => model.onDidChangeState(listener),
		fill: (request: FillRequest, signal) => counted(model.fill(request, signal)),
		chat: (request: ChatRequest, signal) => counted(model.chat(request, signal)),
		prefill: (request, signal) => model.prefill(request, signal),
		tokenize: (text, signal) => model.tokenize(text, signal),
		score: (request, signal) => model.score(request, signal),
		scoreFills: (request, signal) => model.scoreFills(request, signal),
		embed: (text, signal) => model.embed(text, signal),
		useAdapters: (adapters, signal) => model.useAdapters(adapters, signal),
		inspectAdapter: (file, signal) => model.inspectAdapter(file, signal),
		encode: (request, signal) => model.encode(request, signal),
		useChatAdapters: (adapters, signal) => model.useChatAdapters(adapters, signal),
		encodeChats: (request, signal) => model.encodeChats(request, signal),
		scoreChats: (request, signal) => model.scoreChats(request, signal),
		dispose: () => model.dispose(),
	});
}
