/** One file from a server to its place: resumed where it was left, checked while it is written, there whole or not at all. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { sleep } from '../cancel';
import type { Translate } from '../statusText';
import { type Disk, requireSpace } from './disk';
import { DownloadFailure, isTransient } from './failure';
import { whileLocked } from './fileLock';
import { Part, partFiles, sha256Of } from './part';
import { receive } from './receive';
import type { Token, Web } from './web';

export interface WantedFile {
	readonly address: URL;
	/** Absolute path. */
	readonly file: string;
	/** Undefined where nobody said. */
	readonly bytes: number | undefined;
	/** In hexadecimal; undefined where nobody said. */
	readonly sha256: string | undefined;
	readonly token: Token | undefined;
	/** What it begins with, as Latin-1: something else is refused before more of it comes. Default: that of a model. */
	readonly magic?: string;
}

/**
 * `elsewhere`: another window downloads it. `checking`: what had arrived before is read again. `broken`: the connection
 * is, and another is tried in a moment.
 */
export interface Step {
	readonly phase: 'elsewhere' | 'checking' | 'downloading' | 'broken';
	/** That are there, of all. */
	readonly bytes: number;
}

export interface DownloadTools {
	readonly web: Web;
	readonly disk: Disk;
	readonly translate: Translate;
	/** Milliseconds before each further try, when one in between brought nothing; default: half a minute in all. */
	readonly pauses?: readonly number[];
}

export interface Arrived {
	readonly bytes: number;
	/** In hexadecimal. */
	readonly sha256: string;
}

const PAUSES = [1_000, 2_000, 4_000, 8_000, 16_000] as const;

/**
 * What has arrived is kept whatever happens, and the next call goes on from there; only bytes that turn out to be wrong
 * are thrown away.
 *
 * @throws DownloadFailure, or an AbortError.
 */
export async function download(
	wanted: WantedFile,
	tools: DownloadTools,
	onStep: (step: Step) => void,
	signal: AbortSignal,
): Promise<Arrived> {
	await fs.mkdir(path.dirname(wanted.file), { recursive: true, mode: 0o700 });
	const watch = async () => {
		const there = await fs.stat(partFiles(wanted.file).part).catch(() => undefined);
		onStep({ phase: 'elsewhere', bytes: there?.size ?? 0 });
	};
	return whileLocked(
		wanted.file,
		watch,
		async () =>
			(await alreadyThere(wanted, onStep, signal)) ?? (await fetchFile(wanted, tools, onStep, signal)),
		signal,
	);
}

/** Only where its hash can tell: a file of the same size may be another. */
async function alreadyThere(
	{ file, bytes, sha256 }: WantedFile,
	onStep: (step: Step) => void,
	signal: AbortSignal,
): Promise<Arrived | undefined> {
	const status = await fs.stat(file).catch(() => undefined);
	if (status === undefined || sha256 === undefined || (bytes !== undefined && status.size !== bytes)) {
		return undefined;
	}
	onStep({ phase: 'checking', bytes: status.size });
	return (await sha256Of(file, signal)) === sha256 ? { bytes: status.size, sha256 } : undefined;
}

async function fetchFile(
	wanted: WantedFile,
	tools: DownloadTools,
	onStep: (step: Step) => void,
	signal: AbortSignal,
): Promise<Arrived> {
	const { file, address, bytes, sha256 } = wanted;
	const { disk, translate } = tools;
	const source = { address: address.href, bytes, sha256 };
	const onCheck = (checked: number) => onStep({ phase: 'checking', bytes: checked });
	const part = await Part.open(file, source, { disk, translate, onCheck }, signal);
	try {
		if (bytes !== undefined) {
			await requireSpace(disk, file, bytes - part.bytes, translate);
		}
		const wasResumed = part.bytes > 0;
		await receiveAll(part, wanted, tools, onStep, signal);
		if (isWrong(part, wanted) && wasResumed) {
			// What lay there was spoilt, or of another version: all of it once more.
			await part.restart();
			await receiveAll(part, wanted, tools, onStep, signal);
		}
		if (isWrong(part, wanted)) {
			await part.discard();
			throw new DownloadFailure(
				translate(
					'{0} arrived with another content than {1} lists for it (wrong sha256), and was thrown away. Try again; if that does not help, choose another file.',
					path.basename(file),
					address.host,
				),
				'final',
			);
		}
		const arrived = { bytes: part.bytes, sha256: part.digest() };
		await part.publish();
		return arrived;
	} finally {
		await (part.bytes > 0 ? part.close() : part.discard());
	}
}

function isWrong(part: Part, { bytes, sha256 }: WantedFile): boolean {
	return (bytes ?? part.bytes) !== part.bytes || (sha256 ?? part.digest()) !== part.digest();
}

/** Tries again for as long as that brings something, and a few times more. */
async function receiveAll(
	part: Part,
	wanted: WantedFile,
	tools: DownloadTools,
	onStep: (step: Step) => void,
	signal: AbortSignal,
): Promise<void> {
	const pauses = tools.pauses ?? PAUSES;
	let most = part.bytes;
	for (let failures = 0; part.bytes === 0 || part.bytes !== wanted.bytes; ) {
		try {
			await receive(part, wanted, tools, onStep, signal);
			return;
		} catch (error) {
			if (part.bytes > most) {
				most = part.bytes;
				failures = 0;
			}
			const pause = pauses[failures++];
			if (!isTransient(error) || pause === undefined) {
				throw error;
			}
			onStep({ phase: 'broken', bytes: part.bytes });
			await sleep(Math.max(pause, error.retryAfter ?? 0), signal);
		}
	}
}
