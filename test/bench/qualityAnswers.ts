/** What each side shows in the holes: our engine with one choice of context sources, and llama.vscode over llama-server. */

import { systemClock } from '../../src/completion/clock';
import type { SourceName } from '../../src/completion/context/chunk';
import { CompletionEngine } from '../../src/completion/engine';
import type { ChosenContext } from '../../src/completion/prompt';
import { TraceWriter } from '../../src/completion/trace';
import type { Log, Model } from '../../src/inference/model';
import type { InfillBody, LlamaServer } from './llamaServer';
import { LlamaVscode } from './llamaVscode';
import { chosenAt, completion, MOST_TOKENS } from './qualityContext';
import { type QualityPlace, ringOf } from './qualityPlace';

/** What is shown in each hole, in their order; undefined for nothing. */
export type Shown = readonly (string | undefined)[];

interface OwnAnswer {
	/** Undefined for nothing. */
	readonly text: string | undefined;
	/** As of `CompletionTrace`. */
	readonly confidence: number | undefined;
}

/** Says how far it is, in holes. */
export type Progress = (done: number) => void;

/** Asked by hand, as llama.vscode is: neither holds a text back because it might be in the way. */
export async function ours(
	model: Model,
	places: readonly QualityPlace[],
	sources: readonly SourceName[],
	log: Log,
	progress: Progress,
	signal: AbortSignal,
): Promise<readonly OwnAnswer[]> {
	let chosen: ChosenContext = { files: [], notes: [] };
	const engine = new CompletionEngine({
		model,
		log,
		settings: completion,
		context: {
			chosenFor: () => chosen,
			onDidChange: () => ({ dispose: () => undefined }),
			visit: () => undefined,
		},
	});
	const answers: OwnAnswer[] = [];
	try {
		for (const place of places) {
			chosen = await chosenAt(place, model, sources, signal);
			const trace = new TraceWriter(systemClock);
			const outcome = await engine.complete(place.cursor, 'manual', trace, signal);
			const text = outcome.type === 'text' ? outcome.text : undefined;
			answers.push({ text, confidence: trace.confidence });
			progress(answers.length);
		}
	} finally {
		engine.dispose();
	}
	return answers;
}

/** @param sampling fields of the request that replace llama.vscode's own. */
export async function theirs(
	server: LlamaServer,
	places: readonly QualityPlace[],
	sampling: InfillBody,
	progress: Progress,
	signal: AbortSignal,
): Promise<Shown> {
	const shown: (string | undefined)[] = [];
	for (const place of places) {
		const client = new LlamaVscode(server, {
			predict: MOST_TOKENS,
			asksAhead: false,
			// Its limits of time would make the figures depend on the machine.
			sampling: { t_max_prompt_ms: -1, t_max_predict_ms: -1, ...sampling },
			ring: ringOf(place),
		});
		const { text } = await client.complete(place.cursor, signal);
		shown.push(text);
		progress(shown.length);
	}
	return shown;
}
