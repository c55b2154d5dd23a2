/** Reads the audited files and their history, and makes pairs of what is written there: one file, one commit at a time. */

import { throwIfAborted } from '../../inference/cancel';
import { messageOf } from '../../inference/failure';
import { secretsIn } from '../../inference/secretText';
import { type Grammar, grammarOfFile } from '../../inference/syntax/languages';
import type { Trees } from '../../inference/syntax/trees';
import type { Audit, Repository } from '../corpus/verdict';
import { filesIn, type SourceFile, textOf } from '../dataset/source';
import { fenceLanguage } from './fence';
import { pairsOfFunctions } from './fromFunctions';
import { isFix, pairsOfCommit } from './fromHistory';
import { isTestFile, pairsOfTests, type Subjects, subjectsAmong, subjectsOf } from './fromTests';
import { type FoundFunction, functionsIn } from './functions';
import { commitsOf, diffOf } from './history';
import type { Pair, PairKind, Seed } from './pair';

export interface CollectOptions {
	readonly kinds: readonly PairKind[];
	/** Functions that a teacher may be asked about, at most; 0 = none. */
	readonly seeds: number;
}

export interface Collected {
	readonly pairs: readonly Pair[];
	readonly seeds: readonly Seed[];
	/** What the user should know, such as a grammar that could not be read; in English. */
	readonly notes: readonly string[];
}

/** What it reads now, and how much of how much is done. */
export interface CollectProgress {
	readonly stage: 'files' | 'history' | 'selection';
	readonly done: number;
	readonly all: number;
}

/** Characters of a file that is parsed, and milliseconds for its tree. */
const LONGEST_TEXT = 200_000;
const LONGEST_PARSE = 1_000;
/** Pairs of one file and of one repository's history: no file may be most of the data. */
const MOST_OF_FILE = 40;
const MOST_OF_HISTORY = 4_000;
/** Characters of all pairs: 64 MB of memory. */
const MOST_CHARACTERS = 32_000_000;

/** @throws an AbortError; the error of starting Git. */
export async function collect(
	audit: Audit,
	trees: Pick<Trees, 'attempt'>,
	options: CollectOptions,
	onProgress: (progress: CollectProgress) => void,
	signal: AbortSignal,
): Promise<Collected> {
	const kinds = new Set(options.kinds);
	const store = new Store(options.seeds);
	const reader = new Reader(trees, store.notes);
	const files = filesIn(audit);
	const workspace = new Workspace(files);
	if (kinds.has('functions') || kinds.has('tests') || options.seeds > 0) {
		for (const [index, file] of files.entries()) {
			throwIfAborted(signal);
			onProgress({ stage: 'files', done: index, all: files.length });
			await fromFile(file, workspace, kinds, reader, store);
		}
	}
	if (kinds.has('commits') || kinds.has('fixes')) {
		for (const repository of audit.repositories) {
			await fromHistory(repository, files, kinds, store, onProgress, signal);
		}
	}
	return { pairs: store.pairs, seeds: store.seeds, notes: [...store.notes] };
}

async function fromFile(
	file: SourceFile,
	workspace: Workspace,
	kinds: ReadonlySet<PairKind>,
	reader: Reader,
	store: Store,
): Promise<void> {
	const functions = await reader.functionsOf(file);
	if (kinds.has('functions')) {
		store.add(pairsOfFunctions(file.name, functions));
	}
	if (!isTestFile(file.path)) {
		store.offer(file, functions);
	} else if (kinds.has('tests') && functions.some(({ isTest }) => isTest)) {
		const text = (await textOf(file)) ?? '';
		for (const path of subjectsOf(file.path, text, workspace.subjectsBeside(file))) {
			const subject = workspace.find(file.repository, path);
			if (subject !== undefined) {
				const tested = { file: subject.name, functions: await reader.functionsOf(subject) };
				store.add(pairsOfTests({ file: file.name, functions }, tested));
			}
		}
	}
}

/** The files by repository, so that no test looks through all of them. */
class Workspace {
	private readonly byRepository = new Map<
		Repository,
		{ readonly files: ReadonlyMap<string, SourceFile>; readonly subjects: Subjects }
	>();

	constructor(files: readonly SourceFile[]) {
		for (const repository of new Set(files.map((file) => file.repository))) {
			const own = files.filter((file) => file.repository === repository);
			this.byRepository.set(repository, {
				files: new Map(own.map((file) => [file.path, file])),
				subjects: subjectsAmong(own.map(({ path }) => path)),
			});
		}
	}

	subjectsBeside({ repository }: SourceFile): Subjects {
		return this.byRepository.get(repository)?.subjects ?? subjectsAmong([]);
	}

	find(repository: Repository, path: string): SourceFile | undefined {
		return this.byRepository.get(repository)?.files.get(path);
	}
}

async function fromHistory(
	repository: Repository,
	files: readonly SourceFile[],
	kinds: ReadonlySet<PairKind>,
	store: Store,
	onProgress: (progress: CollectProgress) => void,
	signal: AbortSignal,
): Promise<void> {
	const known = new Set(files.filter((file) => file.repository === repository).map(({ path }) => path));
	const commits = await commitsOf(repository, (path) => known.has(path), signal);
	const wanted = commits.filter((commit) => kinds.has('commits') || isFix(commit));
	let found = 0;
	for (const [index, commit] of wanted.entries()) {
		throwIfAborted(signal);
		onProgress({ stage: 'history', done: index, all: wanted.length });
		if (store.isFull || found >= MOST_OF_HISTORY) {
			return;
		}
		const pairs = pairsOfCommit(repository.name, commit, await diffOf(repository, commit, signal), kinds);
		found += pairs.length;
		store.add(pairs);
	}
}

/** Parses, and remembers a grammar that fails. */
class Reader {
	private readonly failed = new Set<Grammar>();

	constructor(
		private readonly trees: Pick<Trees, 'attempt'>,
		private readonly notes: Set<string>,
	) {}

	/** Empty for a file that changed since it was judged, has no grammar, or cannot be parsed. */
	async functionsOf(file: SourceFile): Promise<readonly FoundFunction[]> {
		const grammar = grammarOfFile(file.path);
		if (grammar === undefined || this.failed.has(grammar) || file.characters > LONGEST_TEXT) {
			return [];
		}
		const text = await textOf(file);
		try {
			return text === undefined
				? []
				: ((await this.trees.attempt(grammar, text, LONGEST_PARSE, (tree) =>
						functionsIn(tree.rootNode, text, grammar),
					)) ?? []);
		} catch (error) {
			this.failed.add(grammar);
			this.notes.add(`Files of ${grammar} give no functions: ${messageOf(error)}`);
			return [];
		}
	}
}

/** What was found, within its bounds. */
class Store {
	readonly pairs: Pair[] = [];
	readonly seeds: Seed[] = [];
	readonly notes = new Set<string>();
	private characters = 0;
	private offered = 0;

	constructor(private readonly mostSeeds: number) {}

	get isFull(): boolean {
		return this.characters >= MOST_CHARACTERS;
	}

	add(pairs: readonly Pair[]): void {
		for (const pair of pairs.slice(0, MOST_OF_FILE)) {
			if (this.isFull) {
				this.notes.add('There is more than can be prepared at once: the rest is left out.');
				return;
			}
			this.pairs.push(pair);
			this.characters += pair.question.length + pair.answer.length;
		}
	}

	/** Each function of all files is equally likely to stay (reservoir sampling, by a fixed sequence). */
	offer(file: SourceFile, functions: readonly FoundFunction[]): void {
		const language = fenceLanguage(file.path);
		for (const { name, code, isTest } of functions) {
			// A file may be let in by hand: what a teacher sees may leave the machine.
			if (isTest || this.mostSeeds === 0 || secretsIn(code).length > 0) {
				continue;
			}
			this.offered++;
			const seed = { file: file.name, language, name, code };
			const place = this.seeds.length < this.mostSeeds ? this.seeds.length : drawn(this.offered);
			if (place < this.mostSeeds) {
				this.seeds[place] = seed;
			}
		}
	}
}

/** A number below `count` that depends on it alone: the same files give the same seeds. */
function drawn(count: number): number {
	let hash = Math.imul(count, 0x9e3779b1);
	hash ^= hash >>> 15;
	hash = Math.imul(hash, 0x85ebca6b);
	return ((hash ^ (hash >>> 13)) >>> 0) % count;
}
