/** Models that think write it in front of their answer, between tags: what is thinking, and what is the answer. */

interface Thought {
	/** Without the tags; undefined where the answer begins at once. */
	readonly thinking: string | undefined;
	/** Empty while the model still thinks. */
	readonly answer: string;
	/** Whether the end has been written. */
	readonly isOver: boolean;
}

/** Qwen3, DeepSeek-R1, SmolLM3, GLM and Granite write `<think>`, Magistral `[THINK]`; the others are heard of. */
const OPENING = /^\s*(?:<(think|thinking|thought|reasoning)>|\[(THINK)\])/;
/** The longest opening; less of it may still become one. */
const LONGEST_OPENING = '<reasoning>'.length;

/** A line of its own; in the text of an answer, tags stand between backticks. */
const CLOSING = /^[ \t]*(?:<\/(?:think|thinking|thought|reasoning)>|\[\/THINK\])[ \t]*$/m;

/** For an answer as far as it is written. */
export function thoughtOf(text: string): Thought {
	const opening = OPENING.exec(text);
	if (opening === null) {
		return unopened(text) ?? { thinking: undefined, answer: isBeginning(text) ? '' : text, isOver: true };
	}
	const {
		0: { length },
		1: angled,
		2: square,
	} = opening;
	const closing = angled === undefined ? `[/${square}]` : `</${angled}>`;
	const end = text.indexOf(closing, length);
	return end === -1
		? { thinking: withoutPart(text.slice(length), closing).trim(), answer: '', isOver: false }
		: { thinking: text.slice(length, end).trim(), answer: text.slice(end + closing.length), isOver: true };
}

/**
 * A thought that was opened in the prompt, by a template that nobody could tell: until it is closed it looks like the answer.
 * Undefined where nothing says that there was one.
 */
function unopened(text: string): Thought | undefined {
	const closing = CLOSING.exec(text);
	if (closing === null) {
		return undefined;
	}
	const thinking = text.slice(0, closing.index);
	const isCode = (thinking.match(/^[ \t]*(?:`{3,}|~{3,})/gm) ?? []).length % 2 === 1;
	return isCode
		? undefined
		: { thinking: thinking.trim(), answer: text.slice(closing.index + closing[0].length), isOver: true };
}

/** What would end the thought that is still open at the end; undefined where none is. */
export function missingClosing(text: string): string | undefined {
	const [, angled, square] = thoughtOf(text).isOver ? [] : (OPENING.exec(text) ?? []);
	return angled === undefined ? square && `[/${square}]` : `</${angled}>`;
}

/** What the model said, without what it thought. */
export function answerOf(text: string): string {
	const { thinking, answer } = thoughtOf(text);
	return thinking === undefined ? answer : answer.trimStart();
}

/** Whether so far it may be the beginning of an opening: half a tag is not shown. */
function isBeginning(text: string): boolean {
	const start = text.trimStart();
	return (
		start !== '' &&
		start.length < LONGEST_OPENING &&
		['<thinking>', '<thought>', '<reasoning>', '<think>', '[THINK]'].some((tag) => tag.startsWith(start))
	);
}

/** Without the beginning of the closing tag at its end. */
function withoutPart(text: string, closing: string): string {
	for (let length = Math.min(closing.length - 1, text.length); length > 0; length--) {
		if (text.endsWith(closing.slice(0, length))) {
			return text.slice(0, -length);
		}
	}
	return text;
}
