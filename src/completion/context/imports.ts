/** Source: signatures of what the imported modules declare. */

import { head } from '../../inference/fillPieces';
import { Latest } from '../latest';
import type { Box } from './box';
import { type Chunk, type ContextDocument, originOf, type Place, type Source, textOf } from './chunk';
import type { Declared } from './editor';
import { type ImportStatement, importStatements, moduleFiles } from './importedNames';
import type { Library } from './library';
import { outline } from './outline';
import { signature } from './signature';
import { wordsOf } from './words';

/** Lines at the head of a file in which it imports. */
const HEAD = 200;
/** Lines before the cursor in which a name is in use. */
const NEAR = 40;
const MOST_STATEMENTS = 24;
/** Milliseconds that one question to the editor's providers may take; after one that took longer none is asked. */
const ANSWER = 80;
/** Names of a statement that the providers are asked for. */
const MOST_ASKED = 3;
/** Share of the room that a chunk may take. */
const LONGEST = 0.4;
/** Names shown of a module that is imported as a whole. */
const MOST_OF_ALL = 12;

export class Imports implements Source {
	/** By document and statement. */
	private readonly targets = new Latest<ContextDocument>(64);
	private readonly outlines = new Latest<{
		readonly version: number;
		readonly declared: readonly Declared[];
	}>(64);

	constructor(private readonly library: Library) {}

	async gather(place: Place, box: Box): Promise<readonly Chunk[]> {
		const near = new Set(place.cursor.before.split('\n').slice(-NEAR).flatMap(wordsOf));
		const isNear = (name: string) => wordsOf(name).some((word) => near.has(word));
		const statements = importStatements(this.head(place), place.cursor.path)
			.map((statement) => ({ statement, isUsed: statement.names.some(({ local }) => isNear(local)) }))
			.sort((one, other) => Number(other.isUsed) - Number(one.isUsed))
			.slice(0, MOST_STATEMENTS);
		const chunks = new Map<string, Chunk>();
		const asking = { isAnswered: true };
		for (const { statement, isUsed } of statements) {
			const document = await this.target(statement, place, asking, box);
			if (document !== undefined && document.uri !== place.cursor.uri && !chunks.has(document.uri)) {
				const text = await this.signatures(document, statement, place, isNear, box);
				if (text !== '') {
					chunks.set(document.uri, chunkOf(document, text, isUsed));
				}
			}
			if (!(await box.goOn())) {
				break;
			}
		}
		return [...chunks.values()];
	}

	closed(uri: string): void {
		this.outlines.delete(uri);
	}

	forget(): void {
		this.targets.clear();
		this.outlines.clear();
	}

	private head(place: Place): string {
		const own = this.library.own(place);
		return own === undefined ? head(place.cursor.before, 8_192) : textOf(own, { start: 0, end: HEAD });
	}

	/** By its path where that says it; else the editor's providers are asked, of which some take long to answer. */
	private async target(
		statement: ImportStatement,
		place: Place,
		asking: { isAnswered: boolean },
		box: Box,
	): Promise<ContextDocument | undefined> {
		const key = `${place.cursor.uri}\n${statement.text}`;
		const known = this.targets.get(key);
		if (known !== undefined) {
			const now = await this.library.current(known, place, box);
			if (now !== undefined || box.isOver) {
				return now;
			}
		}
		let found: ContextDocument | undefined;
		for (const file of moduleFiles(statement.module, place.cursor.path)) {
			found ??= await this.library.fileAt(place.cursor.uri, file, place, box);
		}
		for (const { position } of statement.names.slice(0, MOST_ASKED)) {
			if (found === undefined && asking.isAnswered) {
				const answer = await this.library.definition(position, place, box, ANSWER);
				asking.isAnswered = answer !== 'late';
				found = answer === 'late' ? undefined : answer;
			}
		}
		if (found !== undefined) {
			this.targets.set(key, found);
		}
		return found;
	}

	private async signatures(
		document: ContextDocument,
		statement: ImportStatement,
		place: Place,
		isNear: (name: string) => boolean,
		box: Box,
	): Promise<string> {
		const declared = await this.declared(document, box);
		const named = statement.names.flatMap(({ name, local }) =>
			declared
				.filter((one) =>
					name === 'default'
						? one.name === local || /\bdefault\b/.test(document.lineAt(one.start))
						: one.name === name,
				)
				.map((one) => ({ one, isUsed: isNear(local) })),
		);
		const wanted =
			statement.names.length > 0
				? named
				: declared.slice(0, MOST_OF_ALL).map((one) => ({ one, isUsed: isNear(one.name) }));
		let room = place.room * LONGEST;
		return wanted
			.map(({ one, isUsed }) => ({ one, isUsed, text: signature(document, one) }))
			.sort((one, other) => Number(other.isUsed) - Number(one.isUsed))
			.filter(({ text }) => {
				room -= text.length + 1;
				return room >= 0;
			})
			.sort((one, other) => one.one.start - other.one.start)
			.map(({ text }) => text)
			.join('\n');
	}

	/** By its lines, else by the editor's providers: those open the file for every extension. */
	private async declared(document: ContextDocument, box: Box): Promise<readonly Declared[]> {
		const { uri, version } = document;
		const known = this.outlines.get(uri);
		if (known?.version === version) {
			return known.declared;
		}
		const own = outline(document, document.path);
		const declared = own.length > 0 ? own : await this.library.declared(document, box);
		if (declared !== undefined) {
			this.outlines.set(uri, { version, declared });
		}
		return declared ?? [];
	}
}

function chunkOf(document: ContextDocument, text: string, isUsed: boolean): Chunk {
	return {
		source: 'imports',
		path: document.path,
		text,
		score: isUsed ? 1 : 0.3,
		origin: originOf(document, { start: 0, end: document.lineCount }),
	};
}
