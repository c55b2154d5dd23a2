/** A package's file as a document of the corpus, or why it is none. */

import { decode, judgeName, judgeText } from '../../../src/finetune/corpus/judge';
import { findSecrets } from '../../../src/finetune/corpus/secrets';
import type { Stage } from '../../../src/finetune/corpus/verdict';
import type { NotHandwritten } from './handwritten';
import type { CodeFile } from './unpack';

/** Shares of a text's characters without white space: tables of numbers and of other languages' words are no code. */
const MOST_DIGITS = 0.2;
const MOST_FOREIGN = 0.05;
/** Longest comment, in characters, that is taken for a licence alone. */
const LONGEST_LICENCE = 4_000;

/** Line ends to some readers, and to others not: what reads the corpus line by line is one of the first. */
const SEPARATORS = /[\u2028\u2029]/;
const LICENCE_WORDS = /copyright|licen[cs]e|SPDX-|\(c\) \d{4}/i;
const HEAD_COMMENT = /^\s*(?:\/\*[\s\S]*?\*\/|(?:[ \t]*\/\/.*\n)+|(?:[ \t]*#(?!!).*\n)+)[ \t]*\n*/;

/** What generators say that the judge of repositories does not know. */
const GENERATED = /automatically rebuilt|this test was generated/i;
/** Characters of the head in which they say it. */
const HEAD = 500;

export type WhyNot = Stage | NotHandwritten | 'data';

export type Judged =
	| { readonly type: 'text'; readonly text: string }
	| { readonly type: 'out'; readonly why: WhyNot };

/** @param why what the package's other files say about it */
export async function judgeFile(file: CodeFile, why: NotHandwritten | undefined): Promise<Judged> {
	const name = judgeName(file.path, file.bytes.length);
	if (name !== undefined || why !== undefined) {
		return { type: 'out', why: name?.stage ?? why ?? 'unreadable' };
	}
	const decoded = decode(file.bytes);
	if (decoded.type === 'out') {
		return { type: 'out', why: decoded.stage };
	}
	const verdict = judgeText(decoded.text);
	if (verdict !== undefined || GENERATED.test(decoded.text.slice(0, HEAD))) {
		return { type: 'out', why: verdict?.stage ?? 'generated' };
	}
	const text = withoutLicence(decoded.text);
	// The licence may have been all there was.
	const stage = isData(text) ? 'data' : judgeText(text)?.stage;
	if (stage !== undefined) {
		return { type: 'out', why: stage };
	}
	return (await findSecrets(text)).length > 0 ? { type: 'out', why: 'secret' } : { type: 'text', text };
}

/**
 * Without the comments at the head that state the licence: a package repeats them in each file, and a model that
 * has learned them offers them.
 */
export function withoutLicence(text: string): string {
	const [start = ''] = /^#!.*\n/.exec(text) ?? [];
	let rest = text.slice(start.length);
	for (;;) {
		const [comment = ''] = HEAD_COMMENT.exec(rest) ?? [];
		if (comment === '' || comment.length > LONGEST_LICENCE || !LICENCE_WORDS.test(comment)) {
			return start + rest;
		}
		rest = rest.slice(comment.length);
	}
}

function isData(text: string): boolean {
	if (SEPARATORS.test(text)) {
		return true;
	}
	const characters = text.replace(/\s+/g, '').length;
	const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
	return count(/\d/g) > MOST_DIGITS * characters || count(/[^\p{ASCII}]/gu) > MOST_FOREIGN * characters;
}
