/** A request that has its answer, as those see it who count and who explain. */

import type { Position } from './cursor';
import type { Trigger } from './gate';
import type { CompletionText, Outcome } from './outcome';
import type { CompletionTrace } from './trace';

export interface AnsweredRequest {
	/** Identity of the document. */
	readonly uri: string;
	/** Name of the file, without its folders. */
	readonly fileName: string;
	readonly languageId: string;
	/** Of the document when it was asked for. */
	readonly version: number;
	readonly position: Position;
	/** Where the text will begin in the document once it is accepted, in UTF-16 units from 0. */
	readonly offset: number;
	readonly trigger: Trigger;
	/** When it was answered, in milliseconds since 1970. */
	readonly at: number;
	readonly outcome: Outcome;
	/** Whether the editor still waited for it. */
	readonly isDelivered: boolean;
	readonly trace: CompletionTrace;
}

/** A request that brought a text. */
export type Delivered = AnsweredRequest & { readonly outcome: CompletionText };

/** One piece of a document was replaced. */
export interface TextChange {
	/** In UTF-16 units, in the document before the change. */
	readonly offset: number;
	readonly length: number;
	readonly text: string;
}

/** Follows completions from outside: those who count, and those who explain. */
export interface CompletionWatcher {
	/** Hears of every request, also of those that were cancelled. */
	answered(request: AnsweredRequest): void;
	/** The whole text of an earlier request was taken over into the document. */
	accepted(request: AnsweredRequest): void;
	/** @param changes Those of one event, in VS Code's order: each leaves the ones after it where they are. */
	changed(uri: string, changes: readonly TextChange[]): void;
	/** A document was closed. */
	closed(uri: string): void;
}
