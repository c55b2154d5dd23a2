/** Reads the files of all repositories and gives each its verdict; changes nothing, and keeps no text. */

import { throwIfAborted } from '../../inference/cancel';
import { loadTokenTables } from '../../inference/tokens';
import type { AuditCache } from './auditCache';
import { balanced } from './balance';
import { clustersOf, copiesIn, type Print } from './copies';
import { leftOut, takenIn } from './force';
import { mayBeForced } from './judgeable';
import { judgeFile, judgeForced, type Tools } from './judgeFile';
import { type Listing, listingOf } from './listing';
import { RepositoryError } from './repository';
import type { Audit, AuditedFile, AuditProgress, LeftOut, Repository } from './verdict';
import { out } from './verdict';

/** Files between two reports of progress: each is a message to the window. */
const REPORT_EVERY = 100;

/** What an audit reads. */
interface AuditTask {
	readonly repositories: readonly Repository[];
	readonly cache: AuditCache | undefined;
}

/** The same as `auditWith`, with nothing remembered from earlier. */
export function audit(
	repositories: readonly Repository[],
	onProgress: (progress: AuditProgress) => void,
	signal: AbortSignal,
): Promise<Audit> {
	return auditWith({ repositories, cache: undefined }, onProgress, signal);
}

/**
 * One verdict a file. Copies are looked for across the repositories: the file that changed last stays. A folder that
 * cannot be read is left out.
 * @throws RepositoryError when none of the folders can be read
 */
export async function auditWith(
	{ repositories: folders, cache }: AuditTask,
	onProgress: (progress: AuditProgress) => void,
	signal: AbortSignal,
): Promise<Audit> {
	const tables = await loadTokenTables();
	const tools: Tools = { countTokens: tables.count, ...(cache === undefined ? {} : { cache }) };
	const repositories: Repository[] = [];
	const listings: Listing[] = [];
	const skipped: LeftOut[] = [];
	const files: AuditedFile[] = [];
	/** Of the files that the stages let in so far, by their place in `files`. */
	const prints = new Map<number, Print>();
	let all = 0;
	for (const repository of folders) {
		const listing = await listingOf(repository, signal);
		if (listing instanceof RepositoryError) {
			skipped.push({ name: repository.name, reason: listing.message });
			continue;
		}
		const index = repositories.push(repository) - 1;
		listings.push(listing);
		all += listing.files.length;
		for (const file of listing.files) {
			throwIfAborted(signal);
			const { verdict, print } = await judgeFile(repository.folder, file, listing, tools);
			if (print !== undefined) {
				prints.set(files.length, print);
			}
			files.push({ repository: index, path: file, verdict });
			if (files.length % REPORT_EVERY === 0 || files.length === all) {
				onProgress({ repository: repository.name, done: files.length, all });
			}
		}
	}
	if (repositories.length === 0 && skipped.length > 0) {
		throw new RepositoryError(skipped.map(({ reason }) => reason).join('\n'));
	}
	const unlike = await withoutCopies({ repositories, listings, files, prints }, signal);
	const decided = await withForced({ repositories, listings, files: unlike }, tools, signal);
	return { repositories, leftOut: skipped, files: balanced(decided) };
}

interface Found {
	readonly repositories: readonly Repository[];
	/** One for each repository. */
	readonly listings: readonly Listing[];
	readonly files: readonly AuditedFile[];
}

async function withoutCopies(
	{ prints, ...found }: Found & { readonly prints: ReadonlyMap<number, Print> },
	signal: AbortSignal,
): Promise<readonly AuditedFile[]> {
	const { repositories, files } = found;
	const places = [...prints.keys()];
	const ordered = [...prints.values()];
	const clusters = clustersOf(ordered);
	const ranks = await ranksOf(
		found,
		clusters.flat().map((index) => places[index] ?? -1),
		signal,
	);
	const result = [...files];
	for (const [index, copy] of copiesIn(clusters, ordered, (one) => ranks.get(places[one] ?? -1) ?? 0)) {
		const place = places[index];
		const file = place === undefined ? undefined : files[place];
		const original = files[places[copy.of] ?? -1];
		if (place !== undefined && file !== undefined && original !== undefined) {
			const nameOf = (one: AuditedFile) =>
				one.repository === file.repository ? one.path : `${repositories[one.repository]?.name}/${one.path}`;
			const name = nameOf(original);
			const percent = `${Math.round(copy.similarity * 100)} %`;
			const between = copy.through === undefined ? undefined : files[places[copy.through] ?? -1];
			const alike = between === undefined ? name : `${nameOf(between)}, a copy of ${name}`;
			result[place] = {
				...file,
				verdict: copy.isExact
					? out('duplicate', `a copy of ${name}`, { threshold: 'one of each' })
					: out('near-duplicate', `${percent} the same as ${alike}`, {
							threshold: 'less than 70 % the same',
						}),
			};
		}
	}
	return result;
}

/** Which of a cluster is kept: what the user left out, so that its copies stay out with it, then what changed last. */
async function ranksOf(
	{ repositories, listings, files }: Found,
	places: readonly number[],
	signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> {
	const ranks = new Map<number, number>();
	for (const [index, listing] of listings.entries()) {
		const mine = places.filter((place) => files[place]?.repository === index);
		if (mine.length === 0) {
			continue;
		}
		const paths = mine.map((place) => files[place]?.path ?? '');
		const times = await listing.changedAt(paths, signal);
		const unwanted = forcedOf(repositories[index]).out;
		for (const place of mine) {
			const file = files[place]?.path ?? '';
			ranks.set(place, unwanted.has(file) ? Number.POSITIVE_INFINITY : (times.get(file) ?? 0));
		}
	}
	return ranks;
}

/** What the user decided file by file comes last: it overrules all but what must not be learned. */
async function withForced(
	{ repositories, listings, files }: Found,
	{ countTokens }: Pick<Tools, 'countTokens'>,
	signal: AbortSignal,
): Promise<readonly AuditedFile[]> {
	const forced = repositories.map((repository) => forcedOf(repository));
	const result = [...files];
	for (const [place, file] of files.entries()) {
		const listing = listings[file.repository];
		const repository = repositories[file.repository];
		const choice = forced[file.repository];
		if (choice?.out.has(file.path)) {
			result[place] = leftOut(file);
		} else if (choice?.in.has(file.path)) {
			throwIfAborted(signal);
			if (file.verdict.type === 'in') {
				// Nothing speaks against it any more: the choice stays, and can be taken back.
				result[place] = takenIn(file, { ...file.verdict, forced: true });
			} else if (
				repository !== undefined &&
				listing !== undefined &&
				mayBeForced(file.path, file.verdict.stage)
			) {
				const verdict = await judgeForced(repository.folder, file.path, listing, countTokens);
				result[place] = takenIn(file, verdict);
			}
		}
	}
	return result;
}

function forcedOf(repository: Repository | undefined) {
	return { in: new Set(repository?.forced?.in), out: new Set(repository?.forced?.out) };
}
