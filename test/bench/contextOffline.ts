/** What context would be chosen at a place in a folder of files, where there is no editor: for benchmarks. */

import { Choice } from '../../src/completion/context/choice';
import { placeOf, type SourceName } from '../../src/completion/context/chunk';
import { Guard } from '../../src/completion/context/guard';
import { offlineDocument, offlineEditor, timeless } from '../../src/completion/context/repositoryContext';
import { NOTHING, Sources } from '../../src/completion/context/sources';
import type { Cursor } from '../../src/completion/cursor';
import { Pace } from '../../src/completion/pace';
import type { ChosenContext, ContextRoom } from '../../src/completion/prompt';
import { CHARACTERS_PER_TOKEN } from '../../src/inference/fillPieces';

export interface OfflinePlace {
	/** The repository; of the file that is written, the text before and after the cursor. Paths relative, with `/`. */
	readonly files: readonly { readonly path: string; readonly text: string }[];
	/** Paths of the files that are open, the last used first. The one that is written is open anyway. */
	readonly opened: readonly string[];
	/** Places looked at before, the oldest first; `line` from 0. */
	readonly viewed: readonly { readonly path: string; readonly line: number }[];
	/** Its `uri` and `fullPath` as the functions below give them. */
	readonly cursor: Cursor;
	readonly sources: readonly SourceName[];
	readonly room: ContextRoom;
}

export async function contextOffline(place: OfflinePlace, signal: AbortSignal): Promise<ChosenContext> {
	const documents = new Map(place.files.map((file) => [file.path, offlineDocument(file.path, file.text)]));
	const texts = new Map(place.files.map((file) => [file.path, file.text]));
	const opened = [...new Set([place.cursor.path, ...place.opened])].flatMap(
		(file) => documents.get(file) ?? [],
	);
	const guard = new Guard(() => undefined);
	const problems: string[] = [];
	const sources = new Sources({
		editor: offlineEditor({ paths: texts.keys(), read: async (file) => texts.get(file) }, opened),
		guard,
		clock: timeless,
		pace: new Pace(timeless),
		log: { ...silent, warn: (message) => problems.push(message) },
	});
	for (const { path, line } of place.viewed) {
		const document = documents.get(path);
		if (document !== undefined) {
			sources.looked(document, line);
		}
	}
	const has = (name: SourceName) => place.sources.includes(name);
	const switches = {
		imports: has('imports'),
		recent: has('recent'),
		copied: has('copied'),
		similar: has('similar'),
		edits: has('edits'),
		problems: has('problems'),
	};
	const at = placeOf(place.cursor, place.room.tokens * CHARACTERS_PER_TOKEN);
	const choice = new Choice(guard);
	const gathered = await sources.gather(at, switches, NOTHING, signal);
	await place.room.count(gathered.chunks, signal);
	choice.take(gathered);
	const [problem] = problems;
	if (problem !== undefined) {
		throw new Error(problem);
	}
	return choice.at(at, place.room, switches);
}

const silent = { trace: () => undefined, info: () => undefined, error: () => undefined };
