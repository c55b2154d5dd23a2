/** One request for what is missing of a file, and every way in which its answer can be another than was asked for. */

import * as path from 'node:path';
import { GgufError } from '../gguf/blockReader';
import { readGgufFile } from '../gguf/gguf';
import type { Translate } from '../statusText';
import { requireSpace } from './disk';
import type { DownloadTools, Step, WantedFile } from './download';
import { DownloadFailure } from './failure';
import { type Part, partFiles } from './part';
import { statusFailure } from './statusFailure';
import type { Answer } from './web';

/** The first bytes of every model file. */
const MAGIC = 'GGUF';

/** Which bytes of how many an answer holds. */
interface Span {
	/** Undefined where the answer holds none. */
	readonly start: number | undefined;
	/** Undefined where the server does not say. */
	readonly total: number | undefined;
}

/**
 * @returns when all bytes have arrived.
 * @throws DownloadFailure: transient where another try may bring more, with the part as it then is.
 */
export async function receive(
	part: Part,
	wanted: WantedFile,
	{ web, disk, translate }: DownloadTools,
	onStep: (step: Step) => void,
	signal: AbortSignal,
): Promise<void> {
	if (part.bytes > 0 && part.etag === undefined && wanted.sha256 === undefined) {
		// Nothing could tell that the rest belongs to it.
		await part.restart();
	}
	const offset = part.bytes;
	const answer = await web.get(wanted.address, rangeHeaders(part), wanted.token, signal);
	try {
		const etag = strongTag(answer.headers.etag);
		const span = spanOf(answer);
		if (answer.status === 416 && span.total === offset) {
			return;
		}
		const isNewer = etag !== undefined && part.etag !== undefined && etag !== part.etag;
		const isOther = answer.status === 206 && (span.start !== offset || isNewer);
		if (offset > 0 && (answer.status === 416 || isOther)) {
			await part.restart();
			throw changed(answer, translate);
		}
		if (answer.status !== 200 && answer.status !== 206) {
			throw statusFailure(answer, wanted.token, translate);
		}
		const total = span.total ?? wanted.bytes;
		if (wanted.bytes !== undefined && total !== wanted.bytes) {
			throw wrongSize(answer, wanted, total, translate);
		}
		if (answer.status === 200 && offset > 0) {
			// The server knows no ranges, or the file has changed.
			await part.restart();
		}
		if (wanted.bytes === undefined && total !== undefined) {
			await requireSpace(disk, wanted.file, total - part.bytes, translate);
		}
		await part.note(etag ?? part.etag);
		await take(part, answer, wanted, total, translate, onStep);
	} finally {
		answer.destroy();
	}
}

async function take(
	part: Part,
	answer: Answer,
	wanted: WantedFile,
	total: number | undefined,
	translate: Translate,
	onStep: (step: Step) => void,
): Promise<void> {
	const magic = wanted.magic ?? MAGIC;
	let head = part.bytes === 0 ? '' : magic;
	for await (const chunk of answer.body) {
		if (head.length < magic.length) {
			head += Buffer.from(chunk.subarray(0, magic.length - head.length)).toString('latin1');
			if (!magic.startsWith(head)) {
				throw noModel(answer, wanted, translate);
			}
		}
		if (total !== undefined && part.bytes + chunk.length > total) {
			const bytes = part.bytes + chunk.length;
			await part.restart();
			throw wrongSize(answer, wanted, bytes, translate);
		}
		await part.write(chunk);
		onStep({ phase: 'downloading', bytes: part.bytes });
	}
	if (head.length < magic.length) {
		throw noModel(answer, wanted, translate);
	}
	const isCut = total === undefined ? endsTooEarly(part, wanted) : part.bytes < total;
	if (isCut) {
		throw changed(answer, translate);
	}
}

/**
 * Where neither the server nor a list says how long a file is, a connection that was lost looks as one that has ended. But
 * the file itself says where its last tensor ends. What the header of a newer format says is left to who loads it.
 */
function endsTooEarly({ bytes }: Part, { file }: WantedFile): boolean {
	try {
		return readGgufFile(partFiles(file).part).dataEnd > bytes;
	} catch (error) {
		return error instanceof GgufError && error.kind === 'truncated';
	}
}

/** Of a part that a tag names, only the rest of that very version is wanted. */
function rangeHeaders(part: Part): Readonly<Record<string, string>> {
	return part.bytes === 0
		? {}
		: {
				range: `bytes=${part.bytes}-`,
				...(part.etag === undefined ? {} : { 'if-range': part.etag }),
			};
}

/** A weak one (`W/…`) does not promise the same bytes. */
function strongTag(etag: string | undefined): string | undefined {
	return etag?.startsWith('"') === true ? etag : undefined;
}

function spanOf({ status, headers }: Answer): Span {
	if (status === 206 || status === 416) {
		const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
		return { start: numberOf(match?.[1]), total: numberOf(match?.[2]) };
	}
	return { start: 0, total: numberOf(headers['content-length']) };
}

function numberOf(text: string | undefined): number | undefined {
	const number = /^\d+$/.test(text ?? '') ? Number(text) : undefined;
	return Number.isSafeInteger(number) ? number : undefined;
}

function changed({ address }: Answer, translate: Translate): DownloadFailure {
	return new DownloadFailure(
		translate('{0} broke off the transfer, or has changed the file. Try again.', address.host),
		'transient',
	);
}

function wrongSize(
	{ address }: Answer,
	{ file, bytes }: WantedFile,
	found: number | undefined,
	translate: Translate,
): DownloadFailure {
	return new DownloadFailure(
		translate(
			'{0} sends {1} bytes for {2}, where {3} are expected: the file was changed there, or is another. Choose it again in the list.',
			address.host,
			found ?? '?',
			path.basename(file),
			bytes ?? '?',
		),
		'final',
	);
}

function noModel({ address }: Answer, { file, magic }: WantedFile, translate: Translate): DownloadFailure {
	return new DownloadFailure(
		magic === undefined
			? translate(
					'What {0} sends for {1} is not a GGUF file; it may be a web page. Paste the link of the file itself.',
					address.host,
					path.basename(file),
				)
			: translate(
					'What {0} sends for {1} is another kind of file; it may be the page of a proxy. Try again in another network.',
					address.host,
					path.basename(file),
				),
		'final',
	);
}
