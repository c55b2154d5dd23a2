/** An editor that context is gathered from: documents in memory, providers that say what a test says. */

import { Box } from '../../src/completion/context/box';
import { type ContextDocument, documentFrom, type Place, placeOf } from '../../src/completion/context/chunk';
import type { ContextEditor, Declared, Problem } from '../../src/completion/context/editor';
import { Guard } from '../../src/completion/context/guard';
import type { TextEdit } from '../../src/completion/context/hunks';
import { Library } from '../../src/completion/context/library';
import { sizeOf } from '../../src/completion/context/pack';
import type { Cursor } from '../../src/completion/cursor';
import { Pace } from '../../src/completion/pace';
import type { ContextRoom } from '../../src/completion/prompt';
import { CHARACTERS_PER_TOKEN } from '../../src/inference/fillPieces';
import { FakeClock } from './fakeClock';
import { cursorIn } from './marked';

const ROOT = '/repository';

export function uriOf(path: string): string {
	return `file://${ROOT}/${path}`;
}

/** A document that can be edited. */
export class FakeDocument implements ContextDocument {
	readonly uri: string;
	readonly fullPath: string;
	version = 1;
	/** Lines that were read. */
	reads = 0;
	private lines: string[];

	constructor(
		readonly path: string,
		text: string,
		readonly isInWorkspace = true,
	) {
		this.uri = uriOf(path);
		this.fullPath = `${ROOT}/${path}`;
		this.lines = text.split('\n');
	}

	get lineCount(): number {
		return this.lines.length;
	}

	get text(): string {
		return this.lines.join('\n');
	}

	lineAt(line: number): string {
		const text = this.lines[line];
		if (text === undefined) {
			throw new Error(`${this.path} has no line ${line}`);
		}
		this.reads++;
		return text;
	}

	/** Lines `start` to before `end` become `text`; what the editor tells of it. */
	replace(start: number, end: number, text: string): TextEdit {
		const edit = {
			startLine: start,
			startCharacter: 0,
			endLine: end - 1,
			endCharacter: this.lines[end - 1]?.length ?? 0,
			text,
		};
		this.lines.splice(start, end - start, ...text.split('\n'));
		this.version++;
		return edit;
	}
}

export class FakeEditor implements ContextEditor {
	/** Open, the last used first. */
	open: ContextDocument[] = [];
	/** By path. */
	readonly disk = new Map<string, string>();
	/** By the name at the position: the path where it is declared. */
	readonly definitionOf = new Map<string, string>();
	/** By path. */
	readonly symbols = new Map<string, readonly Declared[]>();
	found: readonly Problem[] = [];
	/** Paths of what was read from disk, and names that were asked for. */
	readonly asked: string[] = [];
	/** Texts that were read from disk: the place here is the version. */
	private readonly written: string[] = [];
	/** Until it resolves no provider answers. */
	held: Promise<void> | undefined;
	/** Until it resolves nothing comes from the disk, and nobody says what a file declares. */
	heldOutside: Promise<void> | undefined;

	opened(): readonly ContextDocument[] {
		return this.open;
	}

	async namesBeside(uri: string): Promise<readonly string[]> {
		const folder = uri.slice(0, uri.lastIndexOf('/') + 1);
		return [...this.disk.keys()]
			.filter((path) => uriOf(path).startsWith(folder))
			.map((path) => uriOf(path).slice(folder.length))
			.filter((name) => !name.includes('/'));
	}

	async fileAt(uri: string, relative: string): Promise<ContextDocument | undefined> {
		await this.heldOutside;
		return this.read(new URL(relative, uri).pathname.slice(ROOT.length + 1));
	}

	async definitions(
		uri: string,
		position: { readonly line: number; readonly character: number },
	): Promise<readonly ContextDocument[]> {
		await this.held;
		const line = this.open.find((document) => document.uri === uri)?.lineAt(position.line) ?? '';
		const name = /^\w+/.exec(line.slice(position.character))?.[0] ?? '';
		this.asked.push(name);
		const path = this.definitionOf.get(name);
		const document = path === undefined ? undefined : this.read(path);
		return document === undefined ? [] : [document];
	}

	async declared(uri: string): Promise<readonly Declared[]> {
		await this.heldOutside;
		return this.symbols.get(uri.slice(uriOf('').length)) ?? [];
	}

	problems(): readonly Problem[] {
		return this.found;
	}

	private read(path: string): ContextDocument | undefined {
		const text = this.disk.get(path);
		if (text === undefined) {
			return undefined;
		}
		this.asked.push(path);
		if (!this.written.includes(text)) {
			this.written.push(text);
		}
		const version = this.written.indexOf(text);
		const facts = { uri: uriOf(path), path, fullPath: `${ROOT}/${path}`, version, isInWorkspace: true };
		return this.open.find((document) => document.path === path) ?? documentFrom(facts, text);
	}
}

/** What a source is tested with. */
export function contextHouse(options: { readonly excluded?: (fullPath: string) => string | undefined } = {}) {
	const editor = new FakeEditor();
	const clock = new FakeClock();
	const guard = new Guard(options.excluded ?? (() => undefined));
	const pace = new Pace(clock, () => Promise.resolve());
	return {
		editor,
		clock,
		guard,
		library: new Library(editor, guard, clock),
		box: (milliseconds = 1_000) => new Box(clock, pace, milliseconds, new AbortController().signal),
		open(path: string, text: string): FakeDocument {
			const document = new FakeDocument(path, text);
			editor.open.push(document);
			return document;
		},
		/** `█` is where the cursor stands. The document is open, and used last. */
		at(source: string, path = 'src/sample.ts', room = 4_096): Place {
			const cursor = cursorAtPath(source, path);
			editor.open.unshift(new FakeDocument(path, source.replace('█', '')));
			return placeOf(cursor, room);
		},
	};
}

export function cursorAtPath(source: string, path: string): Cursor {
	return cursorIn(source, { uri: uriOf(path), path, fullPath: `${ROOT}/${path}` });
}

/** Looks like a key of a service, and is none: put together, so that nobody's scanner stops at it. */
export const FAKE_KEY = ['ghp', 'R8sT2vW9xY4zA7bC1dE6fG3hJ5kL0mN8pQ2r'].join('_');

/** A function like the same with another name. */
export function like(name: string): string {
	return [
		`export function load${name}(database, key) {`,
		'	const row = database.find(key);',
		'	if (row === undefined) {',
		`		throw new MissingRow('${name}', key);`,
		'	}',
		`	return decode${name}(row);`,
		'}',
	].join('\n');
}

/** Room for so many characters, where every token has three. */
export function roomOf(characters: number): ContextRoom {
	return {
		tokens: characters / CHARACTERS_PER_TOKEN,
		tokensOf: (file) => sizeOf(file) / CHARACTERS_PER_TOKEN,
		count: () => Promise.resolve(),
	};
}
