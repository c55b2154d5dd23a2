/** `Familiar: Get GPU Acceleration…`: says what is in the way of CUDA, or fetches its pack, and deletes it again. */

import { isAbort } from '../cancel';
import { messageOf } from '../failure';
import type { Log, ModelState } from '../model';
import type { Dialogues } from '../models/dialogues';
import { DownloadFailure } from '../models/failure';
import { Pace } from '../models/pace';
import { progressText } from '../models/progressText';
import { formatBytes, type Translate } from '../statusText';
import type { CudaFit } from './cudaFit';
import { addressOf, type Pack } from './pack';
import type { PackStep, PackStore } from './packStore';

/** Milliseconds between two messages of progress. */
const SHOW_EVERY = 300;

export interface AccelerationDependencies {
	readonly dialogues: Dialogues;
	readonly store: Pick<PackStore, 'has' | 'names' | 'waiting' | 'install' | 'remove'>;
	readonly translate: Translate;
	readonly log: Log;
	fit(signal: AbortSignal): Promise<CudaFit>;
	/** Starts the model process anew; resolves when it has loaded its model, or cannot. */
	restart(): Promise<void>;
	state(): ModelState;
}

export class Acceleration {
	constructor(private readonly dependencies: AccelerationDependencies) {}

	/** Cancellation is silent. */
	async open(): Promise<void> {
		const { dialogues, translate, log } = this.dependencies;
		for (;;) {
			try {
				return await this.visit();
			} catch (error) {
				if (isAbort(error)) {
					return;
				}
				log.error('the pack for the GPU could not be had', error);
				const again = translate('Try Again');
				if ((await dialogues.tell('error', messageOf(error), again)) !== again) {
					return;
				}
			}
		}
	}

	private async visit(): Promise<void> {
		const { dialogues, store, translate } = this.dependencies;
		const title = translate('Familiar: looking for what a GPU needs');
		const fit = await dialogues.during(title, (_report, signal) => this.dependencies.fit(signal));
		const installed = await store.names();
		if (fit.type !== 'fits') {
			const remedy = translate('Familiar goes on with what it has: Vulkan, where a GPU has it, or the CPU.');
			const message = `${fit.reason} ${remedy}`;
			if (installed.length > 0) {
				return this.tell(message, installed);
			}
			// A message with a button is shown in full length, too.
			const again = translate('Look Again');
			return (await dialogues.tell('information', message, again)) === again ? this.visit() : undefined;
		}
		const missing = fit.packs.filter((pack) => !store.has(pack));
		if (missing.length > 0) {
			return this.fetch(missing, fit.device);
		}
		return this.tell(translate('The pack for CUDA is installed. {0}', this.outcome()), installed);
	}

	/** With a button that deletes what is installed. */
	private async tell(message: string, installed: readonly string[]): Promise<void> {
		const { dialogues, store, translate } = this.dependencies;
		const remove = translate('Delete the Pack');
		const button = installed.length === 0 ? undefined : remove;
		if ((await dialogues.tell('information', message, button)) !== remove) {
			return;
		}
		await dialogues.during(translate('Deleting the pack for CUDA'), async (_report, signal) => {
			for (const name of installed) {
				await store.remove(name, signal);
			}
		});
		await this.dependencies.restart();
		await dialogues.tell('information', translate('The pack for CUDA is deleted. {0}', this.outcome()));
	}

	private async fetch(missing: readonly Pack[], device: string): Promise<void> {
		const { dialogues, store, translate } = this.dependencies;
		const sum = (of: (pack: Pack) => number) => missing.reduce((all, pack) => all + of(pack), 0);
		const waiting = await Promise.all(missing.map((pack) => store.waiting(pack)));
		const here = waiting.reduce((all, bytes) => all + bytes, 0);
		const hosts = [...new Set(missing.map((pack) => addressOf(pack).host))].join(', ');
		const question = [
			translate(
				'Download llama.cpp for CUDA ({0}, {1} on disk) from {2}, for {3}?',
				formatBytes(sum(({ bytes }) => bytes)),
				formatBytes(sum(({ unpackedBytes }) => unpackedBytes)),
				hosts,
				device,
			),
			...(here === 0 ? [] : [translate('{0} of it are here already.', formatBytes(here))]),
			translate('It is checked by its sha256, used by the model process alone, and can be deleted again.'),
		].join(' ');
		if (!(await dialogues.confirm(question, translate('Download')))) {
			return;
		}
		for (const pack of missing) {
			await this.install(pack);
		}
		await this.dependencies.restart();
		await dialogues.tell('information', translate('The pack for CUDA is installed. {0}', this.outcome()));
	}

	private async install(pack: Pack): Promise<void> {
		const { dialogues, store, translate } = this.dependencies;
		const title = translate('Familiar: downloading {0}', pack.name);
		await dialogues.during(title, async (report, signal) => {
			const pace = new Pace();
			let latest: PackStep | undefined;
			const show = () => {
				if (latest?.phase === 'unpacking') {
					report(translate('unpacking {0}', formatBytes(latest.bytes)), 1);
				} else if (latest !== undefined) {
					if (latest.phase === 'downloading') {
						// Also where nothing came: a line that hangs gets slower.
						pace.note(latest.bytes, performance.now());
					}
					const left = pace.secondsLeft(pack.bytes);
					const progress = { ...latest, total: pack.bytes };
					report(progressText(progress, pace.bytesPerSecond, left, translate), latest.bytes / pack.bytes);
				}
			};
			const timer = setInterval(show, SHOW_EVERY);
			try {
				const onStep = (step: PackStep) => {
					const isNews = latest?.phase !== step.phase;
					latest = step;
					if (isNews) {
						show();
					}
				};
				await store.install(pack, onStep, signal);
			} catch (error) {
				if (isAbort(error) || error instanceof DownloadFailure) {
					throw error;
				}
				throw new Error(translate('{0} could not be installed: {1}', pack.name, messageOf(error)));
			} finally {
				clearInterval(timer);
			}
		});
	}

	/** What computes, and why nothing faster. */
	private outcome(): string {
		const { translate } = this.dependencies;
		const state = this.dependencies.state();
		if (state.type !== 'ready') {
			return translate('It is tried when a model is next loaded.');
		}
		const { backend, fallbackReason, notFaster } = state.model;
		return backend === 'cuda'
			? translate('CUDA computes now.')
			: [
					translate('The model runs on {0}.', backend.toUpperCase()),
					...[fallbackReason, notFaster?.reason].filter((reason) => reason !== undefined),
				].join(' ');
	}
}
