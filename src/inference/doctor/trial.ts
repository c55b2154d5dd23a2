/** One real completion of a small known text, and a second one a keystroke later: speed, sanity, and reuse of the prompt. */

import type { FillRequest, GenerationStatistics, Generator } from '../model';

/** What a fill of the known text came to. */
export interface Trial {
	readonly text: string;
	/** Milliseconds from the request to the first text; undefined where none came. */
	readonly firstText: number | undefined;
	readonly statistics: GenerationStatistics;
}

export type TrialAnswer =
	| { readonly type: 'trial'; readonly trial: Trial }
	| { readonly type: 'unsupported'; readonly reason: string };

/** Ours: nothing of the user's is in the prompt. Long enough that what is reused of it shows. */
const KNOWN = `${['add', 'subtract', 'multiply', 'divide', 'remainder', 'power']
	.map(
		(name) =>
			`/** The result of ${name} for two numbers. */\nfunction ${name}(left, right) {\n\treturn calculate('${name}', left, right);\n}\n`,
	)
	.join('\n')}
/** The larger of two numbers. */
function larger(left, right) {
`;

const TYPED = '\treturn left > right ? ';
const REST = '\n}\n';
const TOKENS = 24;
const PROMPT_TOKENS = 1_024;

/** @param more what was typed after the known text. */
export async function trial(
	model: Pick<Generator, 'fill'>,
	more: string,
	leftToRight: boolean,
	signal: AbortSignal,
): Promise<TrialAnswer> {
	const request: FillRequest = {
		repository: undefined,
		path: 'doctor.js',
		files: [],
		prefix: KNOWN,
		typed: TYPED + more,
		suffix: REST,
		maxTokens: TOKENS,
		maxPromptTokens: PROMPT_TOKENS,
		leftToRight,
		priority: 'interactive',
	};
	const started = performance.now();
	let text = '';
	let firstText: number | undefined;
	for await (const event of model.fill(request, signal)) {
		if (event.type === 'text') {
			firstText ??= performance.now() - started;
			text += event.text;
		} else if (event.type === 'end') {
			return { type: 'trial', trial: { text, firstText, statistics: event.statistics } };
		} else if (event.type === 'unsupported') {
			return { type: 'unsupported', reason: event.reason };
		}
	}
	return { type: 'unsupported', reason: '' };
}
