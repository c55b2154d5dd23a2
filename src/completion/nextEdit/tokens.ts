/** Text → words, numbers, signs and line ends, each with the zone it stands in. Readable in slices. */

import type { Lexicon } from './lexicon';

export type Zone = 'code' | 'string' | 'comment';

export interface Token {
	/** `quote`: opens or closes a string; `line`: the end of a line. */
	readonly kind: 'word' | 'number' | 'sign' | 'quote' | 'line';
	readonly zone: Zone;
	readonly text: string;
	/** In the text that was read, in UTF-16 units. */
	readonly start: number;
	readonly end: number;
}

/** Where a reader stands: code, or a string or comment with what ends it (undefined: the line's end). */
export interface ReaderState {
	readonly zone: Zone;
	readonly closer: string | undefined;
	readonly endsWithLine: boolean;
}

const IN_CODE: ReaderState = { zone: 'code', closer: undefined, endsWithLine: false };

const OPERATOR =
	/>>>=|===|!==|\*\*=|<<=|>>=|>>>|\.\.\.|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\+\+|--|[+\-*/%&|^]=|<<|>>|\*\*|->|::|:=/y;
const NUMBER = /\d(?:[\w]|\.(?=\d))*/y;
const EXPRESSION = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/(?=[a-z]*)/y;
/** Words behind which a value stands, and so a `/` opens a regular expression. */
const BEFORE_VALUE = /^(?:return|typeof|case|in|of|do|else|throw|void|delete|await|yield|new)$/;

export class TokenReader {
	readonly tokens: Token[] = [];
	/** State at the start of lines that do not start in code, by the offset of the line. */
	readonly states = new Map<number, ReaderState>();
	private state: ReaderState;
	private depth = 0;
	/** Depths of the braces at which the code in a template ends. */
	private readonly templates: number[] = [];
	private at = 0;

	constructor(
		private readonly text: string,
		private readonly lexicon: Lexicon,
		state: ReaderState = IN_CODE,
	) {
		this.state = state;
	}

	/** Reads on for `characters` at least. True when everything was read. */
	advance(characters: number): boolean {
		const end = Math.min(this.text.length, this.at + characters);
		while (this.at < end) {
			this.next();
		}
		return this.at >= this.text.length;
	}

	private next(): void {
		const code = this.text.charCodeAt(this.at);
		if (code === 10) {
			this.endLine();
		} else if (code <= 32 || code === 0xa0 || code === 0xfeff) {
			this.at++;
		} else if (isWordCode(code) && !this.opensTemplate()) {
			this.word(code);
		} else if (this.state.zone === 'code') {
			this.sign();
		} else {
			this.inside();
		}
	}

	private push(kind: Token['kind'], length: number, zone = this.state.zone): void {
		const start = this.at;
		this.at += length;
		this.tokens.push({ kind, zone, text: this.text.slice(start, this.at), start, end: this.at });
	}

	private endLine(): void {
		if (this.state.endsWithLine) {
			this.state = IN_CODE;
		}
		this.push('line', 1);
		if (this.state.zone !== 'code') {
			this.states.set(this.at, this.state);
		}
	}

	private word(first: number): void {
		if (isDigit(first)) {
			NUMBER.lastIndex = this.at;
			this.push('number', NUMBER.exec(this.text)?.[0].length ?? 1);
			return;
		}
		let end = this.at + 1;
		while (end < this.text.length && isWordCode(this.text.charCodeAt(end))) {
			end++;
		}
		this.push('word', end - this.at);
	}

	private starts(what: string): boolean {
		return this.text.startsWith(what, this.at);
	}

	private sign(): void {
		const { lexicon } = this;
		const lineComment = lexicon.lineComments.find((opener) => this.starts(opener));
		const blockComment = lexicon.blockComments.find(([opener]) => this.starts(opener));
		// Lua's comment over lines begins as the one on a line does.
		if (blockComment !== undefined) {
			this.enter({ zone: 'comment', closer: blockComment[1], endsWithLine: false });
			this.push('sign', blockComment[0].length);
			return;
		}
		if (lineComment !== undefined) {
			this.enter({ zone: 'comment', closer: undefined, endsWithLine: true });
			this.push('sign', lineComment.length);
			return;
		}
		const long = lexicon.longQuotes.find((quote) => this.starts(quote));
		const character = this.text[this.at] ?? '';
		if (long !== undefined || lexicon.quotes.includes(character)) {
			const closer = long ?? character;
			this.enter({ zone: 'string', closer, endsWithLine: long === undefined });
			this.push('quote', closer.length);
			return;
		}
		if (character === '/' && lexicon.isScript && this.isBeforeValue()) {
			EXPRESSION.lastIndex = this.at;
			const found = EXPRESSION.exec(this.text);
			if (found !== null) {
				this.push('quote', found[0].length, 'string');
				return;
			}
		}
		this.codeSign(character);
	}

	private codeSign(character: string): void {
		if (character === '{') {
			this.depth++;
		} else if (character === '}') {
			if (this.templates.length > 0 && this.templates.at(-1) === this.depth) {
				this.templates.pop();
				this.enter({ zone: 'string', closer: '`', endsWithLine: false });
				this.push('sign', 1);
				return;
			}
			this.depth--;
		}
		OPERATOR.lastIndex = this.at;
		this.push('sign', OPERATOR.exec(this.text)?.[0].length ?? lengthAt(this.text, this.at));
	}

	/** A sign in a string or a comment. */
	private inside(): void {
		const { zone, closer } = this.state;
		if (closer !== undefined && this.starts(closer)) {
			this.push(zone === 'string' ? 'quote' : 'sign', closer.length);
			this.state = IN_CODE;
		} else if (zone === 'string' && this.starts('\\') && !this.starts('\\\n')) {
			this.push('sign', Math.min(2, this.text.length - this.at));
		} else if (this.opensTemplate()) {
			this.push('sign', 2);
			this.templates.push(this.depth);
			this.state = IN_CODE;
		} else {
			this.push('sign', lengthAt(this.text, this.at));
		}
	}

	/** Code in a template. `$` may also begin a word. */
	private opensTemplate(): boolean {
		return this.lexicon.isScript && this.state.closer === '`' && this.starts('${');
	}

	private enter(state: ReaderState): void {
		this.state = state;
	}

	private isBeforeValue(): boolean {
		const before = this.tokens.at(-1);
		if (before === undefined || before.kind === 'line') {
			return true;
		}
		return before.kind === 'word' ? BEFORE_VALUE.test(before.text) : !/^[)\]}\d"'`/]/.test(before.text);
	}
}

/** All tokens of a short text. */
export function tokensOf(text: string, lexicon: Lexicon, state?: ReaderState): readonly Token[] {
	const reader = new TokenReader(text, lexicon, state);
	reader.advance(text.length);
	return reader.tokens;
}

/** Whether two tokens say the same. */
export function isSameToken(one: Token | undefined, other: Token | undefined): boolean {
	return one !== undefined && other !== undefined && one.text === other.text && one.zone === other.zone;
}

/** Whether the token is a member of what stands before it. */
export function isMember(tokens: readonly Token[], index: number): boolean {
	return /^(?:\.|\?\.|->|::)$/.test(tokens[index - 1]?.text ?? '');
}

function isDigit(code: number): boolean {
	return code >= 48 && code <= 57;
}

/** Letters, digits, `_`, `$` and everything beyond ASCII. */
function isWordCode(code: number): boolean {
	return (
		(code >= 97 && code <= 122) ||
		(code >= 65 && code <= 90) ||
		isDigit(code) ||
		code === 95 ||
		code === 36 ||
		code >= 0x80
	);
}

/** No surrogate pair is torn. */
function lengthAt(text: string, at: number): number {
	return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
