/** The documents that sources may read: open ones, and files beside them, each past the guard. */

import type { Clock } from '../clock';
import type { Position } from '../cursor';
import { Latest } from '../latest';
import type { Box } from './box';
import type { ContextDocument, Place } from './chunk';
import type { ContextEditor, Declared, Problem } from './editor';
import { isRelated } from './family';
import type { Guard } from './guard';
import { likeness, wordsOf } from './words';

/** Documents that are looked at for one place. */
const MOST_OPENED = 20;
const MOST_BESIDE = 20;
/** Milliseconds for which what was read from disk holds. */
const FRESH = 30_000;
/** Files from disk that are kept. */
const CAPACITY = 64;

export class Library {
	/** By folder and relative path; also that there is none. */
	private readonly files = new Latest<{
		readonly document: ContextDocument | undefined;
		readonly at: number;
	}>(CAPACITY);
	private names:
		| { readonly folder: string; readonly all: readonly string[]; readonly at: number }
		| undefined;

	constructor(
		private readonly editor: ContextEditor,
		private readonly guard: Guard,
		private readonly clock: Pick<Clock, 'now'>,
	) {}

	/** Open documents of the languages of the place, its own among them, those used last first. */
	async opened(place: Place, box: Box): Promise<readonly ContextDocument[]> {
		const related = this.editor
			.opened()
			.filter(({ path }) => isRelated(path, place.cursor.path))
			.slice(0, MOST_OPENED);
		return this.admitted(related, place, box);
	}

	/** Files of the same ending in the same folder that are likely to be like this one, by their names. */
	async beside(place: Place, box: Box): Promise<readonly ContextDocument[]> {
		const own = nameOf(place.cursor.path);
		const words = nameWords(own);
		const names = (await this.namesBeside(place, box))
			.filter((name) => name !== own && isRelated(name, own))
			.map((name) => ({ name, like: likeness(words, nameWords(name)) }))
			.sort((one, other) => other.like - one.like || (one.name < other.name ? -1 : 1))
			.slice(0, MOST_BESIDE);
		const found: ContextDocument[] = [];
		for (const { name } of names) {
			const document = await this.fileAt(place.cursor.uri, name, place, box);
			if (document !== undefined) {
				found.push(document);
			}
			if (!(await box.goOn())) {
				break;
			}
		}
		return found;
	}

	/** A file by its path relative to a document's folder; undefined where there is none, or it must not be read. */
	async fileAt(uri: string, relative: string, place: Place, box: Box): Promise<ContextDocument | undefined> {
		const key = `${uri.slice(0, uri.lastIndexOf('/'))}\n${relative}`;
		let known = this.files.get(key);
		if (known === undefined || this.clock.now() - known.at > FRESH) {
			const read = async () => ({ document: await this.editor.fileAt(uri, relative), at: this.clock.now() });
			known = await box.wait(read());
			if (known === undefined) {
				// Late: whether there is one is not known.
				return undefined;
			}
			this.files.set(key, known);
		}
		const { document } = known;
		return document !== undefined && (await this.guard.admits(document, place, box)) ? document : undefined;
	}

	async admits(document: ContextDocument, place: Place, box: Box): Promise<boolean> {
		return this.guard.admits(document, place, box);
	}

	/**
	 * A document that was seen before, as it is now: open, or on the disk where it was closed; undefined where it is gone
	 * or must not be read.
	 */
	async current(seen: ContextDocument, place: Place, box: Box): Promise<ContextDocument | undefined> {
		const open = this.editor.opened().find(({ uri }) => uri === seen.uri);
		if (open === undefined) {
			return this.fileAt(seen.uri, nameOf(seen.path), place, box);
		}
		return (await this.guard.admits(open, place, box)) ? open : undefined;
	}

	/** The document of the place itself, where it is open; not past the guard. */
	own(place: Place): ContextDocument | undefined {
		return this.editor.opened().find(({ uri }) => uri === place.cursor.uri);
	}

	/**
	 * Where the name at a position of the place's document is declared; `late` where nobody said so in time.
	 *
	 * @param atMost milliseconds
	 */
	async definition(
		position: Position,
		place: Place,
		box: Box,
		atMost: number,
	): Promise<ContextDocument | 'late' | undefined> {
		const found = await box.wait(this.editor.definitions(place.cursor.uri, position), atMost);
		if (found === undefined) {
			return 'late';
		}
		const other = found.find(({ uri }) => uri !== place.cursor.uri);
		return other !== undefined && (await this.guard.admits(other, place, box)) ? other : undefined;
	}

	/** undefined where nobody said so in time. */
	async declared(document: ContextDocument, box: Box): Promise<readonly Declared[] | undefined> {
		return box.wait(this.editor.declared(document.uri));
	}

	problems(place: Place): readonly Problem[] {
		return this.editor.problems(place.cursor.uri);
	}

	forget(): void {
		this.files.clear();
		this.names = undefined;
	}

	private async admitted(
		documents: readonly ContextDocument[],
		place: Place,
		box: Box,
	): Promise<readonly ContextDocument[]> {
		const found: ContextDocument[] = [];
		for (const document of documents) {
			if (await this.guard.admits(document, place, box)) {
				found.push(document);
			}
			if (!(await box.goOn())) {
				break;
			}
		}
		return found;
	}

	private async namesBeside(place: Place, box: Box): Promise<readonly string[]> {
		const { uri } = place.cursor;
		const folder = uri.slice(0, uri.lastIndexOf('/'));
		if (this.names?.folder !== folder || this.clock.now() - this.names.at > FRESH) {
			const all = await box.wait(this.editor.namesBeside(uri));
			if (all === undefined) {
				return [];
			}
			this.names = { folder, all, at: this.clock.now() };
		}
		return this.names.all;
	}
}

function nameOf(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}

/** `order.service.ts` and `userService.ts` have two words in common. */
function nameWords(name: string): ReadonlySet<number> {
	return new Set(
		wordsOf(
			name
				.replace(/([a-z\d])([A-Z])/g, '$1 $2')
				.replace(/[_.-]/g, ' ')
				.toLowerCase(),
		),
	);
}
