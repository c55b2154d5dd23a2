/** All sources over one library: asked for a place one after the other, each within its time, each past the last look. */

import { isAbort } from '../../inference/cancel';
import type { Log } from '../../inference/model';
import type { ContextSwitches } from '../../manifest';
import { SOURCE_BUDGETS } from '../budgets';
import type { Clock } from '../clock';
import type { Pace } from '../pace';
import { Box } from './box';
import {
	type Chunk,
	type ContextDocument,
	type LineRange,
	type Place,
	SOURCES,
	type Source,
	type SourceName,
} from './chunk';
import { Copied } from './copied';
import type { ContextEditor } from './editor';
import { Edits } from './edits';
import { type Guard, isHarmless } from './guard';
import type { TextEdit } from './hunks';
import { Imports } from './imports';
import { Library } from './library';
import { keyOf } from './pack';
import { Problems } from './problems';
import { Recent } from './recent';
import { Similar } from './similar';

/** Chunks of a source that outlive a gathering for which there was no time. */
const MOST_KEPT = 16;
/** Lines by which two edits are of different places. */
const FAR = 16;

/** What the sources found for one place. */
export interface Gathered {
	readonly chunks: readonly Chunk[];
	/** What each source took. */
	readonly milliseconds: ReadonlyMap<SourceName, number>;
}

export const NOTHING: Gathered = { chunks: [], milliseconds: new Map() };

interface SourcesOptions {
	readonly editor: ContextEditor;
	readonly guard: Guard;
	readonly clock: Clock;
	readonly pace: Pace;
	readonly log: Log;
}

export class Sources {
	private readonly options: SourcesOptions;
	private readonly library: Library;
	private readonly recent: Recent;
	private readonly edits: Edits;
	private readonly copies: Copied;
	private readonly similar: Similar;
	private readonly imports: Imports;
	private readonly all: Readonly<Record<SourceName, Source>>;
	private lastEdit: { readonly document: ContextDocument; readonly line: number } | undefined;

	constructor(options: SourcesOptions) {
		this.options = options;
		this.library = new Library(options.editor, options.guard, options.clock);
		this.recent = new Recent(this.library);
		this.edits = new Edits(this.library, options.clock);
		this.copies = new Copied(this.library);
		this.similar = new Similar(this.library);
		this.imports = new Imports(this.library);
		this.all = {
			recent: this.recent,
			copied: this.copies,
			edits: this.edits,
			problems: new Problems(this.library),
			similar: this.similar,
			imports: this.imports,
		};
	}

	/** A document is on the screen: what it says now is what edits will be compared with. */
	shown(document: ContextDocument): void {
		if (!this.options.guard.isLeftOut(document.fullPath)) {
			this.edits.see(document);
		}
	}

	/** Somebody has looked at a line for a while. */
	looked(document: ContextDocument, line: number): void {
		this.recent.touch(document, line);
	}

	/** Somebody typed; the document has its new text already. */
	changed(document: ContextDocument, edits: readonly TextEdit[]): void {
		for (const { startLine, endLine, text } of edits) {
			const count = text.split('\n').length;
			this.recent.changed(document.uri, { start: startLine, end: endLine + 1 }, count);
		}
		if (!this.options.guard.isLeftOut(document.fullPath)) {
			this.edits.changed(document, edits);
		}
		const line = edits.at(-1)?.startLine ?? 0;
		const last = this.lastEdit;
		if (last !== undefined && (last.document.uri !== document.uri || Math.abs(last.line - line) > FAR)) {
			this.recent.touch(last.document, last.line);
		}
		this.lastEdit = { document, line };
	}

	copied(document: ContextDocument, range: LineRange): void {
		this.copies.copied(document, range);
	}

	closed(uri: string): void {
		this.edits.closed(uri);
		this.similar.closed(uri);
		this.imports.closed(uri);
		this.options.guard.closed(uri);
	}

	/**
	 * One source that fails or takes too long does not keep the others from answering.
	 *
	 * @param before what was found for a place in the same document: of it remains what a source had no time to find again
	 */
	async gather(
		place: Place,
		switches: ContextSwitches,
		before: Gathered,
		signal: AbortSignal,
	): Promise<Gathered> {
		const { clock, pace, log } = this.options;
		const chunks: Chunk[] = [];
		const milliseconds = new Map<SourceName, number>();
		for (const name of SOURCES.filter((one) => switches[one])) {
			const started = clock.now();
			const box = new Box(clock, pace, SOURCE_BUDGETS[name], signal);
			try {
				const found = await this.all[name].gather(place, box);
				const again = new Set(found.map(({ origin }) => origin.uri));
				const kept = before.chunks.filter(({ source, origin }) => source === name && !again.has(origin.uri));
				chunks.push(
					...withoutTwins([...found, ...(box.isOver ? kept.slice(0, MOST_KEPT) : [])]).filter(({ text }) =>
						isHarmless(text),
					),
				);
			} catch (error) {
				if (isAbort(error)) {
					throw error;
				}
				log.warn(`Context from ${name} failed: ${String(error)}`);
			}
			milliseconds.set(name, clock.now() - started);
			await pace.rest();
		}
		return { chunks, milliseconds };
	}

	forget(): void {
		this.library.forget();
		this.recent.forget();
		this.edits.forget();
		this.copies.forget();
		this.similar.forget();
		this.imports.forget();
		this.options.guard.forget();
		this.lastEdit = undefined;
	}
}

function withoutTwins(chunks: readonly Chunk[]): readonly Chunk[] {
	return [...new Map(chunks.map((chunk) => [keyOf(chunk), chunk])).values()];
}
