/** The conversations of a workspace: found, searched, renamed, deleted. No index on disk could contradict the files. */

import type { Log } from '../../inference/model';
import type { ConversationFolder, Entry } from './folder';
import type { FoundConversation } from './open';
import { MAX_LISTED, type Summary } from './protocol';
import { linesOf, readRecords } from './records';
import { matcherOf, roughMatcherOf } from './search';
import { titleOf } from './titles';
import { ConversationTree } from './tree';

/** Bytes of all conversations that a workspace keeps; the oldest leave first. */
const MAX_TOTAL_BYTES = 512 * 1024 * 1024;

/** Files that are read at the same time: between them, the editor's other work goes on. */
const BATCH = 4;

/** Files among which the one that was asked something last is looked for: a new name is a change too. */
const RECENT = 5;

/** What the list needs of a conversation, as long as its file stays as it is. */
interface Known {
	readonly changed: number;
	readonly bytes: number;
	readonly title: string;
	readonly time: number;
}

export class Library {
	private readonly known = new Map<string, Known>();
	/** Ids of those of which the log has said what is wrong. */
	private readonly reported = new Set<string>();

	constructor(
		readonly folder: ConversationFolder,
		private readonly log: Log,
	) {}

	/** The conversation that was asked something last. */
	async latest(): Promise<FoundConversation | undefined> {
		let latest: FoundConversation | undefined;
		for (const { id } of (await this.folder.list()).slice(0, RECENT)) {
			const found = await this.open(id);
			if (found !== undefined && (latest === undefined || found.tree.time > latest.tree.time)) {
				latest = found;
			}
		}
		return latest;
	}

	/**
	 * Undefined where it is gone, or cannot be read: then the log says why.
	 * @param isWanted whether the file is worth the time to make a conversation of it
	 */
	async open(
		id: string,
		isWanted: (text: string) => boolean = () => true,
	): Promise<FoundConversation | undefined> {
		try {
			const text = await this.folder.read(id);
			if (text === undefined || !isWanted(text)) {
				return undefined;
			}
			const { records, brokenLines, isTooNew } = readRecords(text);
			if (brokenLines > 0) {
				this.report(id, `${brokenLines} lines of conversation ${id} could not be read; the others are shown`);
			}
			const tree = ConversationTree.of(records);
			if (isTooNew || tree.size === 0) {
				this.report(
					id,
					`Conversation ${id} is ${isTooNew ? "a later version's" : 'empty'}; it is left alone`,
				);
				return undefined;
			}
			return { id, tree, bytes: Buffer.byteLength(text) };
		} catch (error) {
			this.report(id, `Conversation ${id} could not be read: ${String(error)}`);
			return undefined;
		}
	}

	/** The latest first, those only whose title or text has all words of the query. */
	async list(query: string, openId: string, signal: AbortSignal): Promise<readonly Summary[]> {
		const matches = matcherOf(query);
		const mayMatch = roughMatcherOf(query);
		const entries = await this.folder.list();
		const found: Summary[] = [];
		for (let start = 0; start < entries.length && !signal.aborted; start += BATCH) {
			const batch = entries.slice(start, start + BATCH);
			const summaries = await Promise.all(
				batch.map(async (entry) => {
					const known = query === '' ? this.look(entry) : undefined;
					return known === undefined
						? this.search(entry, matches, mayMatch)
						: { ...known, passage: undefined };
				}),
			);
			for (const [index, summary] of summaries.entries()) {
				const id = batch[index]?.id;
				if (summary !== undefined && id !== undefined) {
					const { title, time, passage } = summary;
					found.push({ id, title, time, passage, isOpen: id === openId });
				}
			}
		}
		return found.sort((one, other) => other.time - one.time).slice(0, MAX_LISTED);
	}

	/** False where it is gone. */
	async rename(id: string, title: string): Promise<boolean> {
		return this.folder.append(id, linesOf([{ type: 'title', title: titleOf(title) }]), true);
	}

	async remove(id: string): Promise<void> {
		this.known.delete(id);
		await this.folder.remove(id);
	}

	/** Deletes the oldest beyond what a workspace keeps. */
	async prune(): Promise<void> {
		let bytes = 0;
		for (const [index, entry] of (await this.folder.list()).entries()) {
			bytes += entry.bytes;
			if (index >= MAX_LISTED || bytes > MAX_TOTAL_BYTES) {
				this.log.info(`Conversation ${entry.id} is one of the oldest beyond what is kept; it was deleted`);
				await this.remove(entry.id);
			}
		}
	}

	/** Once: every search reads them again. */
	private report(id: string, what: string): void {
		if (!this.reported.has(id)) {
			this.reported.add(id);
			this.log.warn(what);
		}
	}

	private look(entry: Entry): Known | undefined {
		const known = this.known.get(entry.id);
		return known?.changed === entry.changed && known.bytes === entry.bytes ? known : undefined;
	}

	private async search(
		entry: Entry,
		matches: ReturnType<typeof matcherOf>,
		mayMatch: ReturnType<typeof roughMatcherOf>,
	) {
		const found = await this.open(entry.id, mayMatch);
		if (found === undefined) {
			return undefined;
		}
		const { title, time } = found.tree;
		this.known.set(entry.id, { changed: entry.changed, bytes: entry.bytes, title, time });
		const match = matches(title, found.tree.all());
		return match === undefined ? undefined : { title, time, passage: match.passage };
	}
}
