/**
 * Parses text with the grammars of tree-sitter; runs in workers: that of the syntax around the cursor and that of the
 * workspace's index. While one place is typed at, a tree is made from the one before.
 *
 * Milliseconds for windows of up to 12,000 + 4,000 characters of real files, on 2 busy cores (`npm run bench:shapes`),
 * median and p95, anew · after one more character: TypeScript 0.8, 2.7 · 0.1, 0.6; JavaScript 0.6, 1.8 · 0.1, 0.5;
 * Python 1.7, 4.1 · 0.3, 1.3; Go 1.1, 4.8 · 0.1, 0.4; Rust 1.4, 3.5 · 0.2, 0.5; C 4.4, 11.9 · 1.2, 7.5;
 * C++ 2.5, 8.5 · 0.8, 6.0; Ruby 1.1, 12.8 · 0.1, 3.7; PHP 0.9, 11.8 · 0.3, 5.2. The first tree of a language takes
 * 5 to 60 ms more, for the grammar is compiled then.
 */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { type Edit, Language, Parser, type Point, type Tree } from '@vscode/tree-sitter-wasm';
import type { Grammar } from './languages';

interface Parsed {
	readonly text: string;
	readonly tree: Tree;
}

export class Trees {
	private readonly parsers = new Map<Grammar, Promise<Parser>>();
	private readonly last = new Map<Grammar, Parsed>();
	private runtime: Promise<void> | undefined;

	/** @param folder absolute path of the folder with `tree-sitter.wasm` and the grammars. */
	constructor(private readonly folder: string) {}

	/**
	 * The tree of a text, which belongs to this object and lives until the next text of this grammar; undefined where
	 * the time is not enough.
	 * @throws when the grammar cannot be read.
	 */
	async parse(grammar: Grammar, text: string, milliseconds: number): Promise<Tree | undefined> {
		const parser = await this.parserOf(grammar);
		const before = this.last.get(grammar);
		if (before?.text === text) {
			return before.tree;
		}
		const tree = parsed(parser, text, before, milliseconds);
		if (tree !== undefined) {
			before?.tree.delete();
			this.last.set(grammar, { text, tree });
		}
		return tree;
	}

	/**
	 * What `read` says of the tree of a text that is only tried; the tree of the last text stays the one to start from.
	 * undefined where the time is not enough.
	 */
	async attempt<T>(
		grammar: Grammar,
		text: string,
		milliseconds: number,
		read: (tree: Tree) => T,
	): Promise<T | undefined> {
		const tree = parsed(await this.parserOf(grammar), text, this.last.get(grammar), milliseconds);
		if (tree === undefined) {
			return undefined;
		}
		try {
			return read(tree);
		} finally {
			tree.delete();
		}
	}

	private parserOf(grammar: Grammar): Promise<Parser> {
		const known = this.parsers.get(grammar);
		if (known !== undefined) {
			return known;
		}
		const parser = this.open(grammar);
		this.parsers.set(grammar, parser);
		return parser;
	}

	private async open(grammar: Grammar): Promise<Parser> {
		this.runtime ??= Parser.init({ locateFile: (file) => path.join(this.folder, file) });
		await this.runtime;
		const bytes = await fs.readFile(path.join(this.folder, `tree-sitter-${grammar}.wasm`));
		return new Parser().setLanguage(await Language.load(bytes));
	}
}

/** What was parsed before is edited and used again. */
function parsed(
	parser: Parser,
	text: string,
	before: Parsed | undefined,
	milliseconds: number,
): Tree | undefined {
	if (milliseconds <= 0) {
		return undefined;
	}
	const end = performance.now() + milliseconds;
	const earlier = before?.tree.copy();
	try {
		if (before !== undefined) {
			earlier?.edit(editBetween(before.text, text));
		}
		const tree = parser.parse(text, earlier, { progressCallback: () => performance.now() > end });
		if (tree === null) {
			// Else the next text would go on where this one was left.
			parser.reset();
			return undefined;
		}
		return tree;
	} finally {
		earlier?.delete();
	}
}

/** The one place in which two texts differ. */
export function editBetween(before: string, after: string): Edit {
	const most = Math.min(before.length, after.length);
	let start = 0;
	while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) {
		start++;
	}
	let same = 0;
	while (
		same < most - start &&
		before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
	) {
		same++;
	}
	const oldEnd = before.length - same;
	const newEnd = after.length - same;
	return {
		startIndex: start,
		oldEndIndex: oldEnd,
		newEndIndex: newEnd,
		startPosition: pointAt(after, start),
		oldEndPosition: pointAt(before, oldEnd),
		newEndPosition: pointAt(after, newEnd),
	};
}

function pointAt(text: string, index: number): Point {
	let row = 0;
	let start = 0;
	for (let end = text.indexOf('\n'); end !== -1 && end < index; end = text.indexOf('\n', start)) {
		row++;
		start = end + 1;
	}
	return { row, column: index - start };
}
