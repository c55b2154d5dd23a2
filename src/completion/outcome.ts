/** What became of one request: text, or nothing with the reason that a user can read. */

import type { GenerationStatistics } from '../inference/model';

/** One sentence for each reason. Faces translate the sentence; everything else uses the code. */
// texts:begin
const sentences = {
	disabled: 'Completions are turned off.',
	paused: 'Completions are paused.',
	'language-off': 'Completions are turned off for this language.',
	'starter-language':
		'The starter model knows TypeScript and JavaScript only. Choose a real model, or turn this language on by name.',
	'manual-only': 'Completions appear only when they are asked for.',
	'on-battery': 'Completions are paused while the computer runs on battery.',
	'not-a-document': 'This is an output, a log or an input box, not a file.',
	'read-only': 'This file cannot be edited.',
	'secret-file': 'Files that usually hold secrets are never read.',
	excluded: 'This file is excluded.',
	'line-too-long': 'This line is too long to be completed.',
	'empty-file': 'The file is empty. Type something first, or trigger a completion by hand.',
	'middle-of-line': 'There is code to the right of the cursor.',
	'line-complete': 'This line looks finished.',
	licence: 'This is a licence, which is copied and not written.',
	'suggestion-open': 'The suggestion that is selected in the list replaces what was typed.',
	'model-none': 'No model is loaded.',
	'model-starting': 'The model is starting.',
	'model-loading': 'The model is still loading.',
	'model-failed': 'The model could not be loaded.',
	'model-unavailable': 'The model is not available.',
	'cannot-fill':
		'This model cannot fill in the middle. Left-to-right completion can be turned on in the settings.',
	'nothing-to-add': 'The model had nothing to add here.',
	'only-repeats': 'The model only repeated what is already there.',
	'goes-in-circles': 'The model went round in circles.',
	'not-text': 'The model wrote control tokens instead of code.',
	secret: 'The model wrote what looks like a key or a password.',
	'too-little': 'The model had too little to add to be worth a look.',
	unsure: 'The model was too unsure. Run Complete Here to ask anyway.',
	'often-refused': 'You hardly ever take suggestions at such places, so they appear less often there.',
	cancelled: 'The editor no longer waited for it.',
	superseded: 'A newer request took its place.',
	fault: 'Something went wrong. The log says more.',
} as const;
// texts:end

export type Reason = keyof typeof sentences;

export const allReasons: readonly Reason[] = Object.freeze(
	// Object.keys widens to string; the predicate narrows it back without a cast.
	Object.keys(sentences).filter((code): code is Reason => code in sentences),
);

/** The English sentence for a reason, which is also its translation key. */
export function describeReason(reason: Reason): string {
	return sentences[reason];
}

/** The detail of `cannot-fill`: the model's reason, one sentence, and what can be done about it. */
export function cannotFill(reason: string): string {
	return `${reason} Left-to-right completion can be turned on in the settings.`;
}

/** `ahead`: typed along a known text; `flight`: joined a running generation; `cache`: known at this very place. */
export type Source = 'ahead' | 'cache' | 'flight' | 'model';

export interface CompletionText {
	readonly type: 'text';
	/** What replaces the `covers` characters after the cursor; line ends are the document's own. */
	readonly text: string;
	/** UTF-16 units after the cursor that `text` contains again; 0 is a plain insertion. */
	readonly covers: number;
	readonly source: Source;
	/** From the request to the answer. */
	readonly milliseconds: number;
	/** Of the generation, where this request saw one end by itself. */
	readonly statistics: GenerationStatistics | undefined;
}

interface NoCompletion {
	readonly type: 'nothing';
	readonly reason: Reason;
	/** What the model said about it, as one sentence. */
	readonly detail: string | undefined;
	readonly milliseconds: number;
}

export type Outcome = CompletionText | NoCompletion;

/** Nothing, and why. @param detail what the model or a rule said about it. */
export function nothing(reason: Reason, milliseconds: number, detail?: string): NoCompletion {
	return { type: 'nothing', reason, detail, milliseconds };
}
