/** Models to download, each of one file or several: some files at once, the others in their turn. */

import { abortError, isAbort, throwIfAborted } from '../cancel';
import { type DownloadTools, download, type Step } from './download';
import { DownloadFailure } from './failure';
import { tokenFor } from './hub';
import { type Library, type ModelRecord, totalOf } from './library';
import { Turns } from './turns';

/** A server gives one connection less than a line can take, and many of them annoy it. */
const FILES_AT_ONCE = 3;

export interface Progress {
	readonly phase: Step['phase'] | 'queued';
	/** That are there, of all files. */
	readonly bytes: number;
	/** Undefined while not known. */
	readonly total: number | undefined;
}

export class Downloads {
	private readonly turns = new Turns(FILES_AT_ONCE);

	constructor(
		private readonly tools: DownloadTools,
		private readonly library: Library,
	) {}

	/**
	 * Downloads what is missing of a model. What has arrived is kept whatever happens. What was imported must be here: it
	 * comes from nowhere else.
	 *
	 * @param token for files of the hub.
	 * @returns absolute path of the first file.
	 * @throws DownloadFailure, an AbortError, or the error of a disk that cannot be written.
	 */
	async run(
		wanted: ModelRecord,
		token: string | undefined,
		onProgress: (progress: Progress) => void,
		signal: AbortSignal,
	): Promise<string> {
		throwIfAborted(signal);
		const record = await this.library.withKnown(wanted);
		await this.requireImported(record);
		await this.library.keep(record);
		const total = totalOf(record);
		const bytes = new Map<string, number>();
		const report = (phase: Progress['phase']) =>
			onProgress({ phase, bytes: [...bytes.values()].reduce((sum, one) => sum + one, 0), total });
		report('queued');
		// One that fails takes the others along: half a model is none.
		const all = new AbortController();
		const either = AbortSignal.any([signal, all.signal]);
		const arrivals = record.files.map(async (file) => {
			const { name, address } = file;
			if (address === undefined) {
				return file;
			}
			try {
				const arrived = await this.turns.take(
					() =>
						download(
							{
								address: new URL(address),
								file: this.library.pathOf(record, file),
								bytes: file.bytes,
								sha256: file.sha256,
								token: tokenFor(token),
							},
							this.tools,
							(step) => {
								bytes.set(name, step.bytes);
								report(step.phase);
							},
							either,
						),
					either,
				);
				return { ...file, ...arrived };
			} catch (error) {
				all.abort(abortError());
				throw error;
			}
		});
		const settled = await Promise.allSettled(arrivals);
		throwIfAborted(signal);
		const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
		if (failures.length > 0) {
			throw failures.find((failure) => !isAbort(failure)) ?? failures[0];
		}
		const files = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
		await this.library.keep({ ...record, files });
		return this.library.pathOf(record, { name: record.files[0]?.name ?? '' });
	}

	private async requireImported(record: ModelRecord): Promise<void> {
		for (const file of record.files) {
			if (file.address === undefined && !(await this.library.isHere(record, file))) {
				throw new DownloadFailure(
					this.tools.translate(
						'{0} was not imported to its end, or is gone in part. Import it again from where it came from, or delete it.',
						record.name,
					),
					'final',
				);
			}
		}
	}
}
