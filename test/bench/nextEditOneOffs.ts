/** Edits after which nothing may be proposed: done once, done with, or alike by chance only. */
import type { SourceFile } from './nextEditFiles';
import {
	applyEdits,
	callGroup,
	countWord,
	declaration,
	type EditCase,
	FRESH,
	inTurn,
	isCode,
	linesOf,
	type Maker,
	minified,
	occurrences,
	type ScriptedEdit,
} from './nextEditScripts';

type Pick = (count: number) => number;

function anyOf(
	text: string,
	pattern: RegExp,
	pick: Pick,
	inserted: (was: string) => string,
	group = 0,
): ScriptedEdit | undefined {
	const all = [...text.matchAll(pattern)].filter((found) => isCode(text, found.index));
	const found = all[pick(all.length)];
	const removed = found?.[group];
	return found === undefined || removed === undefined
		? undefined
		: { offset: found.index + found[0].indexOf(removed), removed, inserted: inserted(removed) };
}

function number({ text }: SourceFile, pick: Pick) {
	return anyOf(text, /\b\d+\b/g, pick, (was) => `${was}7`);
}

function string({ text }: SourceFile, pick: Pick) {
	return anyOf(text, /(['"])([a-zA-Z][\w-]{2,})\1/g, pick, () => 'other-text', 2);
}

function operator({ text }: SourceFile, pick: Pick) {
	return anyOf(text, / (===|!==|<=|>=|&&|\|\|) /g, pick, (was) => (was === '&&' ? '||' : '!=='), 1);
}

function member({ text }: SourceFile, pick: Pick) {
	return anyOf(text, /\w\.([a-z]\w{3,})\b/g, pick, () => FRESH, 1);
}

function argument({ text }: SourceFile, pick: Pick): ScriptedEdit | undefined {
	const call = callGroup(text, 1, pick)?.[1];
	return call === undefined ? undefined : { offset: call.close, removed: '', inserted: ', extra' };
}

/** A use of one variable becomes one of another that is in the file. */
function exchange({ text }: SourceFile, pick: Pick): ScriptedEdit | undefined {
	const names = [
		...new Set([...text.matchAll(/\b(?:const|let|var) ([a-z]\w{3,}) =/g)].map((found) => found[1] ?? '')),
	];
	const [was, is] = [names[pick(names.length)], names[pick(names.length)]];
	const uses =
		was === undefined
			? []
			: occurrences(text, was)
					.slice(1)
					.filter((offset) => isCode(text, offset) && text[offset - 1] !== '.');
	const offset = uses[pick(uses.length)];
	if (was === undefined || is === undefined || was === is || offset === undefined) {
		return undefined;
	}
	const edit = { offset, removed: was, inserted: is };
	const [now, before] = [minified(applyEdits(text, [edit])), minified(text)];
	// A declaration, such as a parameter, would leave its uses behind: that is a renaming.
	const isUse = now !== undefined && before !== undefined && countWord(now, was) <= countWord(before, was);
	return isUse ? edit : undefined;
}

function lineGone({ text }: SourceFile, pick: Pick): ScriptedEdit | undefined {
	const lines = linesOf(text).filter((line) => /^\s+\S.*;$/.test(line.text) && isCode(text, line.offset));
	const line = lines[pick(lines.length)];
	return line === undefined ? undefined : { offset: line.offset, removed: `${line.text}\n`, inserted: '' };
}

/** A line of the file once more, at another place. */
function lineCome({ text }: SourceFile, pick: Pick): ScriptedEdit | undefined {
	const lines = linesOf(text).filter((line) => /^\s+\S.*;$/.test(line.text) && isCode(text, line.offset));
	const [line, place] = [lines[pick(lines.length)], lines[pick(lines.length)]];
	return line === undefined || place === undefined
		? undefined
		: { offset: place.offset, removed: '', inserted: `${line.text}\n` };
}

function comment({ text }: SourceFile, pick: Pick): ScriptedEdit | undefined {
	const all = [...text.matchAll(/^\s*(?:\*|\/\/) .*?\b([a-z]{4,})\b/gm)];
	const found = all[pick(all.length)];
	const word = found?.[1];
	return found === undefined || word === undefined
		? undefined
		: { offset: found.index + found[0].length - word.length, removed: word, inserted: 'sentence' };
}

type One = (file: SourceFile, pick: Pick) => ScriptedEdit | undefined;

function once(kind: string, one: One): Maker {
	return (file, pick) => {
		const edit = one(file, pick);
		return edit === undefined ? undefined : { kind, file, edits: [edit], isRight: undefined };
	};
}

/** Two edits, far enough apart, that have nothing to do with each other. */
function both(kind: string, one: One, other: One): Maker {
	return (file, pick): EditCase | undefined => {
		const edits = [one(file, pick), other(file, pick)]
			.filter((edit) => edit !== undefined)
			.sort((first, second) => first.offset - second.offset);
		const [first, second] = edits;
		if (
			first === undefined ||
			second === undefined ||
			second.offset < first.offset + first.removed.length + 40
		) {
			return undefined;
		}
		// The same edit twice is no coincidence.
		return first.removed === second.removed
			? undefined
			: { kind, file, edits: inTurn(edits), isRight: undefined };
	};
}

/** Every use has its new name already. */
const renamed: Maker = (file, pick) => {
	const found = declaration(file, pick, 4);
	if (found === undefined) {
		return undefined;
	}
	const { name, edit, uses } = found;
	const others = uses.map((offset, index) => ({
		offset: offset + index * (FRESH.length - name.length),
		removed: name,
		inserted: FRESH,
	}));
	return { kind: 'a name that is renamed everywhere', file, edits: [edit, ...others], isRight: undefined };
};

/** The same number typed over two others, in other surroundings. */
const sameNumber: Maker = (file, pick) => {
	const { text } = file;
	const all = [...text.matchAll(/([([=:<>+,-])\s*(\d)\b/g)].filter((found) => isCode(text, found.index));
	const one = all[pick(all.length)];
	const other = all.find(
		(found) =>
			one !== undefined && found[2] === one[2] && found[1] !== one[1] && found.index > one.index + 80,
	);
	return one === undefined || other === undefined
		? undefined
		: {
				kind: 'a digit changed alike in unlike places',
				file,
				edits: inTurn(
					[one, other].map((found) => ({
						offset: found.index + found[0].length - 1,
						removed: found[2] ?? '',
						inserted: '42',
					})),
				),
				isRight: undefined,
			};
};

export const oneOffs: readonly Maker[] = [
	once('one number', number),
	once('one string', string),
	once('one operator', operator),
	once('one member', member),
	once('one argument added', argument),
	once('one variable for another', exchange),
	once('one line removed', lineGone),
	once('one line added', lineCome),
	once('one word of a comment', comment),
	both('a number and a string', number, string),
	both('two strings', string, string),
	both('two numbers', number, number),
	both('a member and an argument', member, argument),
	both('two variables for others', exchange, exchange),
	both('two lines removed', lineGone, lineGone),
	both('two lines added', lineCome, lineCome),
	both('two words of comments', comment, comment),
	renamed,
	sameNumber,
];
