/** Types traces into something that answers, and waits for each answer: what both sides of bench:latency go through. */
import type { Cursor } from '../../src/completion/cursor';
import { sleep } from '../../src/inference/cancel';
import { type Trace, TypedDocument } from './typist';

/** What became of one question. Milliseconds are counted from the question. */
export interface Answer {
	/** `instant`: known without the model; `model`: asked; `nothing`: neither, whatever the reason. */
	readonly from: 'instant' | 'model' | 'nothing';
	/** Why there is no text; for the notes. */
	readonly reason: string | undefined;
	/** Until the model's first token, where it was asked and wrote one. */
	readonly firstToken: number | undefined;
	/** Until the whole answer. */
	readonly item: number;
	/** Tokens of the prompt and those of them that were evaluated, where the model was asked and told. */
	readonly promptTokens: number | undefined;
	readonly evaluatedTokens: number | undefined;
}

export interface Side {
	/** Somebody came to a place, and looks around before they type. */
	arrive(cursor: Cursor): void;
	answer(cursor: Cursor, signal: AbortSignal): Promise<Answer>;
	/** Resolves when nothing goes on in the background that would slow the next answer down. */
	idle(): Promise<void>;
}

export interface Pace {
	/** Nobody asks after a key that the next follows within these milliseconds. */
	readonly debounce: number;
	/** Whether the pauses between the keys are kept; else the next key comes with the answer. */
	readonly keepsPauses: boolean;
}

/**
 * Types all traces, one after the other. The typist waits where the answer takes longer than the pause to the next key,
 * so that every question gets one. An entry for each edit; undefined where nobody asks.
 */
export async function replay(
	side: Side,
	traces: readonly Trace[],
	pace: Pace,
	signal: AbortSignal,
): Promise<readonly (Answer | undefined)[]> {
	const answers: (Answer | undefined)[] = [];
	for (const trace of traces) {
		const document = new TypedDocument(trace);
		let before = 0;
		let typed = performance.now();
		side.arrive(document.cursor());
		for (const [index, edit] of trace.edits.entries()) {
			const pause = pace.keepsPauses ? edit.at - before : 0;
			before = edit.at;
			await sleep(Math.max(0, typed + pause - performance.now()), signal);
			await side.idle();
			document.apply(edit);
			typed = performance.now();
			const next = trace.edits[index + 1];
			const isAsked = edit.moves !== true && (next === undefined || next.at - edit.at >= pace.debounce);
			answers.push(isAsked ? await side.answer(document.cursor(), signal) : undefined);
		}
	}
	return answers;
}

/** The traces up to about so many edits, whole ones only but at least one. */
export function firstEdits(traces: readonly Trace[], count: number): readonly Trace[] {
	let left = count;
	return traces.filter((trace, index) => {
		left -= trace.edits.length;
		return index === 0 || left >= 0;
	});
}
