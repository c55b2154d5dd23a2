/** Reads one file and gives it its verdict, or asks the cache for what its text is worth. */

import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { readPlainFile } from '../../inference/plainFile';
import { secretsIn } from '../../inference/secretText';
import type { AuditCache, Judgement } from './auditCache';
import { type Print, printOf } from './copies';
import { decode, judgeName, judgeText, REPOSITORY_SIZES } from './judge';
import { judgeUnread, type Listing } from './listing';
import { type CountTokens, charactersPerToken, judgeQuality, judgeTokens } from './quality';
import { findSecrets } from './secrets';
import { type Out, out, type Verdict } from './verdict';

/** Bytes of a file that the user takes in: a larger one is no code, whatever it is called. */
const MOST_FORCED = 2_000_000;

/** What judging needs besides the file. */
export interface Tools {
	readonly countTokens: CountTokens;
	/** Default: nothing is remembered. */
	readonly cache?: AuditCache;
}

interface Judged {
	readonly verdict: Verdict;
	/** Of a file that is in. */
	readonly print?: Print;
}

/**
 * @param folder absolute path of the repository's folder
 * @param file relative to it, with `/`
 */
export async function judgeFile(
	folder: string,
	file: string,
	listing: Listing,
	tools: Tools,
): Promise<Judged> {
	const before =
		judgeUnread(file, listing) ??
		judgePath(file) ??
		(file.endsWith('/') ? judgeName(`${file}file`, 0) : undefined);
	if (before !== undefined) {
		return { verdict: before };
	}
	const read = await readText(folder, file, listing, (bytes) => judgeName(file, bytes, REPOSITORY_SIZES));
	if (read.type === 'out') {
		return { verdict: read };
	}
	const { hash, text } = read;
	const ending = path.extname(file).toLowerCase();
	let judgement = tools.cache?.get(hash, ending);
	if (judgement === undefined) {
		judgement = await judgementOf(text(), file, tools.countTokens);
		tools.cache?.set(hash, ending, judgement);
	}
	if (judgement.type === 'out') {
		return { verdict: judgement };
	}
	const { characters, tokens, print } = judgement;
	return { verdict: { type: 'in', characters, hash, tokens }, print };
}

/** The verdict on a file that the user takes in: only what must not be learned, and what cannot be read, keeps it out. */
export async function judgeForced(
	folder: string,
	file: string,
	listing: Pick<Listing, 'realFolder' | 'submodules'>,
	countTokens: CountTokens,
): Promise<Verdict> {
	if (listing.submodules.has(file) || file.endsWith('/')) {
		return out('unreadable', 'a folder', { threshold: 'a plain file' });
	}
	const before = judgePath(file);
	if (before !== undefined) {
		return before;
	}
	const read = await readText(folder, file, listing, (bytes) => {
		const named = judgeName(file, bytes);
		if (named?.stage === 'secret') {
			return named;
		}
		return bytes > MOST_FORCED
			? out('size', `${bytes} of at most ${MOST_FORCED} bytes`, {
					value: `${bytes} bytes`,
					threshold: `at most ${MOST_FORCED} bytes, also by hand`,
				})
			: undefined;
	});
	if (read.type === 'out') {
		return read;
	}
	const text = read.text();
	const perToken = charactersPerToken(text, countTokens);
	return (
		(await judgeSecrets(text)) ?? {
			type: 'in',
			characters: text.length,
			hash: read.hash,
			tokens: perToken === 0 ? 0 : Math.round(text.length / perToken),
			forced: true,
		}
	);
}

/** Prompts name the file: what is secret in its path would be learned as what stands in its text. */
function judgePath(file: string): Out | undefined {
	const [found] = secretsIn(file);
	return found === undefined
		? undefined
		: out('secret', `its path: ${found.rule}`, { threshold: 'no secret' });
}

async function readText(
	folder: string,
	file: string,
	{ realFolder }: Pick<Listing, 'realFolder'>,
	judge: (bytes: number) => Out | undefined,
): Promise<Out | { readonly type: 'text'; readonly hash: string; readonly text: () => string }> {
	const read = await readPlainFile(path.join(folder, file), realFolder, judge);
	if (read.type === 'refused') {
		return read.why;
	}
	if (read.type === 'unreadable') {
		return out('unreadable', read.figure, { threshold: 'a plain file that can be read' });
	}
	const decoded = decode(read.bytes);
	return decoded.type === 'out'
		? decoded
		: { type: 'text', hash: createHash('sha256').update(read.bytes).digest('hex'), text: () => decoded.text };
}

async function judgementOf(text: string, file: string, countTokens: CountTokens): Promise<Judgement> {
	const perToken = charactersPerToken(text, countTokens);
	return (
		judgeText(text, file) ??
		judgeQuality(text, file) ??
		judgeTokens(perToken) ??
		(await judgeSecrets(text)) ?? {
			type: 'in',
			characters: text.length,
			tokens: Math.round(text.length / perToken),
			print: printOf(text),
		}
	);
}

async function judgeSecrets(text: string): Promise<Out | undefined> {
	const found = await findSecrets(text);
	const places = found.map((secret) => `line ${secret.line}: ${secret.rule}`).join(', ');
	return found.length === 0 ? undefined : out('secret', places, { threshold: 'no secret' });
}
