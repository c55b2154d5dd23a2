/** Reads the tracked files of all repositories and gives each its verdict; changes nothing, and keeps no text. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { throwIfAborted } from '../../inference/cancel';
import { readPlainFile } from '../../inference/plainFile';
import { findCopies, type Print, printOf } from './copies';
import { type ExcludedGlob, excludedGlob } from './excluded';
import { type IgnoreRules, readIgnoreRules } from './ignoreFile';
import { decode, judgeName, judgeText } from './judge';
import { type Attribute, attributesOf, RepositoryError, rootOf, trackedFiles } from './repository';
import { findSecrets } from './secrets';
import type { Audit, AuditedFile, AuditProgress, LeftOut, Out, Repository } from './verdict';
import { out } from './verdict';

/** Files between two reports of progress: each is a message to the window. */
const REPORT_EVERY = 100;

/** What speaks about a file besides the file. */
interface Rules {
	/** The folder without symbolic links. */
	readonly realFolder: string;
	readonly ignoreRule: IgnoreRules;
	readonly attributes: ReadonlyMap<string, Attribute>;
	readonly excluded: ExcludedGlob;
}

/** What Git knows of a repository, before any file is read. */
interface Listing {
	/** Relative to the repository's folder, with `/`. */
	readonly files: readonly string[];
	readonly rules: Rules;
}

/**
 * One verdict a tracked file. Copies are looked for across the repositories: the first file stays. A folder that Git
 * cannot read is left out.
 * @throws RepositoryError when Git can read none of the folders
 */
export async function audit(
	folders: readonly Repository[],
	onProgress: (progress: AuditProgress) => void,
	signal: AbortSignal,
): Promise<Audit> {
	const repositories: Repository[] = [];
	const leftOut: LeftOut[] = [];
	const files: AuditedFile[] = [];
	/** Of the files that are in so far, by their place in `files`. */
	const prints = new Map<number, Print>();
	let all = 0;
	for (const repository of folders) {
		const listing = await listingOf(repository, signal);
		if (listing instanceof RepositoryError) {
			leftOut.push({ name: repository.name, reason: listing.message });
			continue;
		}
		const index = repositories.push(repository) - 1;
		all += listing.files.length;
		for (const file of listing.files) {
			throwIfAborted(signal);
			const { verdict, print } = await judgeFile(repository.folder, file, listing.rules);
			if (print !== undefined) {
				prints.set(files.length, print);
			}
			files.push({ repository: index, path: file, verdict });
			if (files.length % REPORT_EVERY === 0 || files.length === all) {
				onProgress({ repository: repository.name, done: files.length, all });
			}
		}
	}
	if (repositories.length === 0 && leftOut.length > 0) {
		throw new RepositoryError(leftOut.map(({ reason }) => reason).join('\n'));
	}
	return { repositories, leftOut, files: withoutCopies(repositories, files, prints) };
}

/** What kept the folder from being read is returned: the others may be all that is wanted. */
async function listingOf(repository: Repository, signal: AbortSignal): Promise<Listing | RepositoryError> {
	try {
		const files = await trackedFiles(repository, signal);
		const { root, prefix } = await rootOf(repository, signal);
		return {
			files,
			rules: {
				realFolder: await fs.realpath(repository.folder),
				ignoreRule: await readIgnoreRules(root, prefix),
				attributes: await attributesOf(repository, files, signal),
				excluded: excludedGlob(repository),
			},
		};
	} catch (error) {
		if (error instanceof RepositoryError) {
			return error;
		}
		throw error;
	}
}

function withoutCopies(
	repositories: readonly Repository[],
	files: readonly AuditedFile[],
	prints: ReadonlyMap<number, Print>,
): readonly AuditedFile[] {
	const places = [...prints.keys()];
	const copies = findCopies([...prints.values()]);
	const result = [...files];
	for (const [index, copy] of copies) {
		const place = places[index];
		const file = place === undefined ? undefined : files[place];
		const original = files[places[copy.of] ?? -1];
		if (place !== undefined && file !== undefined && original !== undefined) {
			const name =
				original.repository === file.repository
					? original.path
					: `${repositories[original.repository]?.name}/${original.path}`;
			result[place] = {
				...file,
				verdict: copy.isExact
					? out('duplicate', `a copy of ${name}`)
					: out('near-duplicate', `${Math.round(copy.similarity * 100)} % the same as ${name}`),
			};
		}
	}
	return result;
}

async function judgeFile(
	folder: string,
	file: string,
	rules: Rules,
): Promise<Pick<AuditedFile, 'verdict'> & { readonly print?: Print }> {
	const before = judgeUnread(file, rules);
	if (before !== undefined) {
		return { verdict: before };
	}
	const read = await readPlainFile(path.join(folder, file), rules.realFolder, (bytes) =>
		judgeName(file, bytes),
	);
	if (read.type === 'refused') {
		return { verdict: read.why };
	}
	if (read.type === 'unreadable') {
		return { verdict: out('unreadable', read.figure) };
	}
	const decoded = decode(read.bytes);
	if (decoded.type === 'out') {
		return { verdict: decoded };
	}
	const { text } = decoded;
	const verdict = judgeText(text) ?? (await judgeSecrets(text));
	return verdict !== undefined
		? { verdict }
		: {
				verdict: {
					type: 'in',
					characters: text.length,
					hash: createHash('sha256').update(read.bytes).digest('hex'),
				},
				print: printOf(text),
			};
}

/** What needs neither the file's size nor its text. */
function judgeUnread(file: string, rules: Rules): Out | undefined {
	const glob = rules.excluded(file);
	if (glob !== undefined) {
		return out('ignored', `familiar.exclude says ${glob}`);
	}
	const rule = rules.ignoreRule(file);
	if (rule !== undefined) {
		return out('ignored', `.familiarignore says ${rule}`);
	}
	const attribute = rules.attributes.get(file);
	if (attribute !== undefined) {
		const stage = attribute === 'linguist-generated' ? 'generated' : 'vendored';
		return out(stage, `.gitattributes says ${attribute}`);
	}
	return undefined;
}

async function judgeSecrets(text: string): Promise<Out | undefined> {
	const found = await findSecrets(text);
	return found.length === 0
		? undefined
		: out('secret', found.map((secret) => `line ${secret.line}: ${secret.rule}`).join(', '));
}
