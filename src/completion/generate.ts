/** One generation from cursor to clean text: prompt, stream, stops, clean. */

import { throwIfAborted } from '../inference/cancel';
import type {
	EndReason,
	FillRequest,
	GenerationEvent,
	GenerationStatistics,
	Generator,
} from '../inference/model';
import { type Cleaning, clean } from './clean';
import type { Cursor } from './cursor';
import { shapeAt } from './shape';
import { accumulated, type StopRule, stopped, stopRules } from './stops';

export type Generated =
	| {
			readonly type: 'generated';
			readonly cleaned: Cleaning;
			/** Undefined where a filter ended the generation. */
			readonly statistics: GenerationStatistics | undefined;
	  }
	| { readonly type: 'unsupported'; readonly reason: string };

/** What the stream said besides text. */
interface Notes {
	end: EndReason | undefined;
	statistics: GenerationStatistics | undefined;
	unsupported: string | undefined;
	/** The rule that ended the text. */
	endedBy: StopRule | undefined;
}

async function* pieces(
	events: AsyncIterable<GenerationEvent>,
	notes: Notes,
): AsyncGenerator<string, void, undefined> {
	for await (const event of events) {
		switch (event.type) {
			case 'text':
				yield event.text;
				break;
			case 'end':
				notes.end = event.reason;
				notes.statistics = event.statistics;
				break;
			case 'unsupported':
				notes.unsupported = event.reason;
				return;
			default:
				event satisfies never;
		}
	}
}

async function* told(
	texts: AsyncIterable<string>,
	tell: (text: string) => void,
): AsyncGenerator<string, void, undefined> {
	for await (const text of texts) {
		tell(text);
		yield text;
	}
}

/** `onText` hears the whole text so far, before any rule cut it. Rejects with an AbortError when cancelled. */
export async function generate(
	model: Pick<Generator, 'fill'>,
	request: FillRequest,
	cursor: Cursor,
	onText: (text: string) => void,
	signal: AbortSignal,
): Promise<Generated> {
	const shape = shapeAt(cursor);
	const notes: Notes = { end: undefined, statistics: undefined, unsupported: undefined, endedBy: undefined };
	const texts = told(accumulated(pieces(model.fill(request, signal), notes)), onText);
	let text = '';
	const onStop = (rule: StopRule) => {
		notes.endedBy = rule;
	};
	for await (const soFar of stopped(texts, stopRules(cursor, shape), onStop)) {
		text = soFar;
	}
	// A cancelled stream may end silently; half a text must not be taken for a whole one.
	throwIfAborted(signal);
	// What a rule ended does not end where the limit of tokens did.
	const isCut = notes.end === 'length' && notes.endedBy === undefined;
	return notes.unsupported === undefined
		? {
				type: 'generated',
				cleaned: clean(text, cursor, shape, isCut, notes.endedBy),
				statistics: notes.statistics,
			}
		: { type: 'unsupported', reason: notes.unsupported };
}
