/** Which supervisor there is: one after the other, since two models in memory at once may be one too many. */

import { messageOf } from '../failure';
import type { LoadOptions, Log, ModelState } from '../model';
import { type ChosenAdapters, NO_ADAPTERS } from './chosenAdapters';
import type { HostLife } from './hostLife';
import { sameOptions } from './sameOptions';
import type { Supervisor, SupervisorOptions } from './supervisor';

interface SuccessionOptions extends Pick<SupervisorOptions, 'host' | 'breaker' | 'onState' | 'takeDecision'> {
	readonly log: Log;
	/** Reads the code of what only a running model needs, which is a file of its own. */
	readonly read: () => Promise<{ readonly Supervisor: typeof Supervisor }>;
}

interface Change {
	/** Default: none. */
	readonly adapters?: ChosenAdapters;
	/** What becomes of the host of before; default: it goes at once where nobody else uses it. */
	readonly end?: ((life: HostLife) => Promise<void>) | undefined;
	/** Whether the user wants the model to be tried although it crashed before. Default: not. */
	readonly isRetry?: boolean;
}

export class Succession {
	/** What the present supervisor loads, or will. */
	target: LoadOptions | undefined;
	/** Undefined while it is on its way. */
	present: Supervisor | undefined;
	/** Resolves when all that was begun is done. */
	changes: Promise<void> = Promise.resolve();

	constructor(private readonly options: SuccessionOptions) {}

	isFor(options: LoadOptions): boolean {
		return this.target !== undefined && sameOptions(options, this.target);
	}

	/** Ends the present supervisor and starts one for the target, if there is one. */
	begin(target: LoadOptions | undefined, change: Change = {}): void {
		this.target = target;
		const previous = this.present;
		this.present = undefined;
		this.options.onState(target === undefined ? { type: 'none' } : { type: 'starting' }, undefined);
		this.changes = this.changes.then(() => this.change(previous, target, change));
	}

	/** Never rejects: nothing that was begun later would ever be done. */
	private async change(
		previous: Supervisor | undefined,
		target: LoadOptions | undefined,
		{ adapters = NO_ADAPTERS, end = (life) => life.stop(0), isRetry = false }: Change,
	): Promise<void> {
		const { log, read, onState, ...shared } = this.options;
		try {
			await previous?.stop(end);
			if (target === undefined) {
				return;
			}
			const { Supervisor } = await read();
			if (this.target !== target || this.present !== undefined) {
				return;
			}
			const next: Supervisor = new Supervisor({
				...shared,
				log,
				model: target,
				adapters,
				liftsQuarantine: isRetry,
				onState: (state, life) => {
					if (this.present === next) {
						onState(state, life);
					}
				},
			});
			this.present = next;
		} catch (error) {
			log.error('The model cannot be started', error);
			if (target !== undefined && this.target === target && this.present === undefined) {
				onState(unreadable(error), undefined);
			}
		}
	}
}

/** An update that replaces the files of the extension leaves a window without what it has not read yet. */
function unreadable(error: unknown): ModelState {
	const [reason] = messageOf(error).split('\n');
	return {
		type: 'failed',
		problem: {
			code: 'host-start-failed',
			message: `The model cannot be started: ${reason}. Reload the window, or install Familiar again.`,
			remedies: ['restart', 'show-log'],
		},
	};
}
