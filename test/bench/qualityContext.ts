/** What other files bring to a hole by one choice of sources, and how much of what is missing there they tell. */
import type { SourceName } from '../../src/completion/context/chunk';
import { type ChosenContext, fillRequest } from '../../src/completion/prompt';
import { TokenCounts } from '../../src/completion/tokenCounts';
import type { Model } from '../../src/inference/model';
import { readSettings } from '../../src/manifest';
import { contextOffline } from './contextOffline';
import { namesIn } from './qualityMarks';
import type { QualityPlace } from './qualityPlace';

/** Tokens of an answer; llama.vscode's number, on both sides. */
export const MOST_TOKENS = 128;
export const completion = {
	...readSettings(() => undefined).completion,
	debounce: 0,
	maxTokens: MOST_TOKENS,
};

/** Tokens of the current file in a prompt, on both sides: llama.vscode's usual batch. */
export const PROMPT_TOKENS = 1_024;
/** Tokens a second that a machine reads which affords that in the 0.6 s that the engine grants. */
export const PREFILL_SPEED = PROMPT_TOKENS / 0.6;

/** Letters of a name below which it is in every prompt by chance. */
const SHORTEST_NAME = 4;

export async function chosenAt(
	{ files, opened, viewed, cursor }: QualityPlace,
	model: Pick<Model, 'state' | 'tokenize'>,
	sources: readonly SourceName[],
	signal: AbortSignal,
): Promise<ChosenContext> {
	let tokens = 0;
	requestAt(cursor, model, (room) => {
		tokens = room;
		return [];
	});
	const room = new TokenCounts(model).room(tokens);
	return contextOffline({ files, opened, viewed, cursor, sources, room }, signal);
}

/** Of one hole: the share of the names in it that stand in the prompt; undefined where there are none. */
export async function namesTold(
	place: QualityPlace,
	model: Pick<Model, 'state' | 'tokenize'>,
	sources: readonly SourceName[],
	signal: AbortSignal,
): Promise<number | undefined> {
	const { file, start, end } = place.hole;
	const wanted = longNames(file.text.slice(start, end));
	const { files } = await chosenAt(place, model, sources, signal);
	const { prefix, typed, suffix } = requestAt(place.cursor, model, () => files);
	const told = longNames([prefix, typed, suffix, ...files.map(({ text }) => text)].join('\n'));
	return wanted.size === 0 ? undefined : [...wanted].filter((name) => told.has(name)).length / wanted.size;
}

function longNames(text: string): ReadonlySet<string> {
	return new Set(namesIn(text).filter((name) => name.length >= SHORTEST_NAME));
}

/** @throws Error when no model is loaded. */
function requestAt(
	cursor: QualityPlace['cursor'],
	{ state }: Pick<Model, 'state' | 'tokenize'>,
	filesWithin: (maxTokens: number) => ChosenContext['files'],
) {
	if (state.type !== 'ready') {
		throw new Error(`The model is ${state.type}.`);
	}
	return fillRequest(cursor, state.model, completion, 'interactive', filesWithin);
}
