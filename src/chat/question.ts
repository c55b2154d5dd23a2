/** What a user can ask for, as plain data. */

import { isRecord } from '../inference/record';
import { isArrayOf, isCount, isOneOf, isText } from './shapes';

/** Code of one file as it was read. */
export interface Excerpt {
	/** Path as the user knows it, with `/`. */
	readonly path: string;
	/** VS Code's language id. */
	readonly language: string;
	/** First line of the code, from 1. */
	readonly firstLine: number;
	readonly code: string;
}

/** An error or warning at a line of an excerpt. */
export interface Finding {
	/** Line in the file, from 1. */
	readonly line: number;
	readonly message: string;
}

/** What an attachment is, which decides how it is introduced to the model and which of its lines go first. */
const ATTACHMENT_KINDS = ['code', 'found', 'changes', 'problems', 'terminal', 'guidance'] as const;
type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];

/** Material that goes along with a question: read when it was asked, and kept so that it can be asked again. */
export interface Attachment {
	readonly kind: AttachmentKind;
	/** What the chip and the user's turn call it, on one line. */
	readonly label: string;
	/** Path as the user knows it; empty for what is no part of a file. */
	readonly path: string;
	/** VS Code's language id, or what a fence is marked with; may be empty. */
	readonly language: string;
	/** First line of code in its file, from 1; 0 for what is no part of a file. */
	readonly firstLine: number;
	readonly text: string;
}

/** What any question may bring along. The keys are optional since conversations of earlier versions have none. */
interface Brought {
	readonly attachments?: readonly Attachment[];
	/** What the user wrote after a command. */
	readonly words?: string;
}

/** Code that a task works on: an excerpt from the editor's own commands, attachments from the chat's. */
interface OnCode {
	readonly excerpt?: Excerpt;
	readonly findings: readonly Finding[];
}

/** What the user wants, as plain data: kept with the turn, so that it can be asked again after a reload. */
export type Question = Brought &
	(
		| { readonly task: 'question'; readonly text: string }
		| ({ readonly task: 'explain' } & OnCode)
		| ({ readonly task: 'fix' } & OnCode)
		| ({ readonly task: 'tests' } & OnCode)
		| ({ readonly task: 'doc' } & OnCode)
		| ({ readonly task: 'review' } & OnCode)
		/** `excerpt` ends with the comment, or where the cursor is; `after` is the code below it. */
		| {
				readonly task: 'generate';
				readonly excerpt: Excerpt;
				readonly instruction: string;
				readonly after: string;
				/** What says what to write. Default: the comment at the end of the excerpt. */
				readonly from?: 'comment' | 'words';
		  }
		/** `excerpt` is replaced; `before` and `after` are the code around it. */
		| {
				readonly task: 'edit';
				readonly excerpt: Excerpt;
				readonly instruction: string;
				readonly before: string;
				readonly after: string;
		  }
		/** The staged diff is an attachment. */
		| { readonly task: 'commit' }
	);

export type TaskName = Question['task'];

const TASKS = [
	'question',
	'explain',
	'fix',
	'tests',
	'doc',
	'review',
	'generate',
	'edit',
	'commit',
] as const satisfies readonly TaskName[];

/** Most characters of code in a question; what does not fit the model's context is cut again by tokens. */
export const MAX_EXCERPT = 256 * 1024;
/** Reported problems of one question; more say nothing new. */
export const MAX_FINDINGS = 20;
/** Attachments of one question, and the characters of all of them together. */
export const MAX_ATTACHMENTS = 32;
export const MAX_ATTACHED = 2 * MAX_EXCERPT;

function isExcerpt(value: unknown): value is Excerpt {
	return (
		isRecord(value) &&
		isText(value['path']) &&
		isText(value['language']) &&
		isCount(value['firstLine'], Number.MAX_SAFE_INTEGER) &&
		isText(value['code'], MAX_EXCERPT)
	);
}

export function isFinding(value: unknown): value is Finding {
	return isRecord(value) && isCount(value['line'], Number.MAX_SAFE_INTEGER) && isText(value['message']);
}

function isAttachment(value: unknown): value is Attachment {
	return (
		isRecord(value) &&
		isOneOf(value['kind'], ATTACHMENT_KINDS) &&
		isText(value['label']) &&
		isText(value['path']) &&
		isText(value['language']) &&
		isCount(value['firstLine'], Number.MAX_SAFE_INTEGER) &&
		isText(value['text'], MAX_EXCERPT)
	);
}

function isBrought(value: Readonly<Record<string, unknown>>): boolean {
	return (
		(value['attachments'] === undefined || isArrayOf(value['attachments'], isAttachment, MAX_ATTACHMENTS)) &&
		(value['words'] === undefined || isText(value['words'], MAX_EXCERPT))
	);
}

/** For questions that come back from disk. */
export function isQuestion(value: unknown): value is Question {
	if (!isRecord(value) || !isOneOf(value['task'], TASKS) || !isBrought(value)) {
		return false;
	}
	switch (value['task']) {
		case 'question':
			return isText(value['text'], MAX_EXCERPT);
		case 'explain':
		case 'fix':
		case 'tests':
		case 'doc':
		case 'review':
			return (
				(value['excerpt'] === undefined || isExcerpt(value['excerpt'])) &&
				isArrayOf(value['findings'], isFinding, MAX_FINDINGS)
			);
		case 'generate':
			return (
				isExcerpt(value['excerpt']) &&
				isText(value['instruction'], MAX_EXCERPT) &&
				isText(value['after'], MAX_EXCERPT) &&
				(value['from'] === undefined || isOneOf(value['from'], ['comment', 'words']))
			);
		case 'edit':
			return (
				isExcerpt(value['excerpt']) &&
				isText(value['instruction'], MAX_EXCERPT) &&
				isText(value['before'], MAX_EXCERPT) &&
				isText(value['after'], MAX_EXCERPT)
			);
		case 'commit':
			return true;
	}
}

/** The one piece of code that a question wants fixed; undefined where it is about something else, or about several. */
export function codeToFix(question: Question | undefined): Excerpt | undefined {
	if (question?.task !== 'fix') {
		return undefined;
	}
	const { excerpt, attachments = [] } = question;
	const [only, ...more] = attachments.filter(({ kind }) => kind === 'code' || kind === 'found');
	if (excerpt !== undefined) {
		return excerpt;
	}
	return only?.kind === 'code' && more.length === 0 && only.path !== '' && only.firstLine > 0
		? { path: only.path, language: only.language, firstLine: only.firstLine, code: only.text }
		: undefined;
}
