/** Looks for lines of generated code in the workspace and in what it depends on. */

import * as fs from 'node:fs';
import * as path from 'node:path';
import { isCodeFile, machineMadeByName } from '../../inference/machineMade';
import { listFiles, type Scope } from '../retrieval/listing';
import { dependencyFiles } from './dependencies';
import { packageOf } from './licence';
import { LineFinder, type SameLines, significantLines } from './sameLines';

/** Bytes; larger files are data, or generated. */
const LARGEST_FILE = 400_000;

/** Code of others that the repository holds itself. */
const VENDORED = /(?:^|\/)(?:vendor|node_modules)\//;

/** A block of code of an answer. */
export interface Block {
	readonly index: number;
	/** As its fence names it; may be empty. */
	readonly language: string;
	readonly code: string;
}

export interface OriginOrder {
	readonly scope: Scope;
	readonly blocks: readonly Block[];
	/** Files that the model was shown, as the user knows them: that it repeats them is no news. */
	readonly given: readonly string[];
	/** Milliseconds after which is said what was found until then. */
	readonly milliseconds: number;
}

/** Where a block's lines stand. */
export interface Origin extends SameLines {
	readonly block: number;
	/** As the user knows it: relative to the workspace, with `/`. */
	readonly label: string;
	/** Absolute path. */
	readonly file: string;
	/** Name and version of a dependency; empty for the workspace's own code. */
	readonly package: string;
	readonly licence: string | undefined;
}

interface Candidate {
	readonly file: string;
	readonly label: string;
	/** The opened folder. */
	readonly root: string;
	readonly isOwn: boolean;
}

/** The longest run of lines for each block; the workspace's own where others are not longer. */
export async function findOrigins(order: OriginOrder, signal: AbortSignal): Promise<readonly Origin[]> {
	const until = performance.now() + order.milliseconds;
	const searched = order.blocks
		.map((block) => ({ block, finder: new LineFinder(significantLines(block.code)) }))
		.filter(({ finder }) => !finder.isEmpty);
	if (searched.length === 0) {
		return [];
	}
	const best = new Map<number, { readonly same: SameLines; readonly candidate: Candidate }>();
	for await (const candidate of candidates(order, signal)) {
		const wanted = searched.filter(({ block }) => isOfLanguage(candidate.file, block.language));
		const lines = wanted.length === 0 ? undefined : linesOf(candidate.file);
		for (const { block, finder } of lines === undefined ? [] : wanted) {
			const same = finder.find(lines ?? []);
			if (same !== undefined && same.count > (best.get(block.index)?.same.count ?? 0)) {
				best.set(block.index, { same, candidate });
			}
		}
		if (performance.now() > until) {
			break;
		}
	}
	const origins = [...best].map(async ([block, { same, candidate }]): Promise<Origin> => {
		const { file, label, root, isOwn } = candidate;
		const { name, licence } = await packageOf(file, isOwn ? root : path.parse(file).root);
		const owner = name === '' ? path.basename(path.dirname(file)) : name;
		return { ...same, block, file, label, package: isOwn ? '' : owner, licence };
	});
	return (await Promise.all(origins)).sort((one, other) => one.block - other.block);
}

async function* candidates({ scope, given }: OriginOrder, signal: AbortSignal): AsyncGenerator<Candidate> {
	const { files } = await listFiles(scope, signal);
	for (const { folder, path: name, label } of files) {
		if (!given.includes(label)) {
			yield { file: path.join(folder, name), label, root: folder, isOwn: !VENDORED.test(name) };
		}
	}
	const isWanted = (name: string) => isCodeFile(name) && machineMadeByName(name) === undefined;
	for (const { folder } of scope.folders) {
		for (const file of dependencyFiles(folder, isWanted)) {
			yield {
				file,
				label: path.relative(folder, file).split(path.sep).join('/'),
				root: folder,
				isOwn: false,
			};
		}
	}
}

function linesOf(file: string) {
	try {
		return fs.statSync(file).size > LARGEST_FILE
			? undefined
			: significantLines(fs.readFileSync(file, 'utf8'));
	} catch {
		return undefined;
	}
}

/** Names and extensions of languages that copy from each other. */
const FAMILIES = [
	/^(?:js|mjs|cjs|jsx|ts|mts|cts|tsx|javascript|typescript|javascriptreact|typescriptreact|vue|svelte)$/,
	/^(?:c|h|cc|cpp|cxx|hpp|hh|c\+\+|objective-c|m|mm)$/,
	/^(?:java|kt|kts|kotlin|scala|groovy)$/,
	/^(?:py|pyi|python|python3)$/,
	/^(?:cs|csharp|c#)$/,
	/^(?:rs|rust)$/,
	/^(?:rb|ruby)$/,
	/^(?:go|golang)$/,
	/^(?:sh|bash|shell|zsh)$/,
	/^(?:css|scss|less)$/,
];

/** A block that names no language, or one that is not known, may be of any. */
function isOfLanguage(file: string, language: string): boolean {
	const family = FAMILIES.find((names) => names.test(language));
	const extension = path.extname(file).slice(1).toLowerCase();
	return family === undefined ? isCodeFile(file) : family.test(extension);
}
