/** Keeps the record of each run that ends in this window, and once more when its judgement or its learning curve comes later. */

import type { SessionState } from '../panel/sessionState';
import type { Reports } from './reports';

export class Keeper {
	private ended: { readonly id: string; readonly isJudged: boolean } | undefined;
	/** Absolute path of the adapter whose learning curve is being measured. */
	private measuring: string | undefined;

	/** @param kept Called when a record was written, or could not be. */
	constructor(
		private readonly reports: Pick<Reports, 'keep' | 'measured'>,
		private readonly kept: (error: unknown) => void,
		private readonly signal: AbortSignal,
	) {}

	/** @param id Of the run that has ended. */
	end(id: string, state: SessionState): void {
		if (state.type === 'run' && state.view.id === id && state.view.result !== undefined) {
			const { view, order, judgement } = state;
			this.ended = { id, isJudged: judgement !== undefined };
			this.tell(this.reports.keep({ view, order, judgement }, this.signal));
		}
	}

	/** With every change of the session: a judgement may come after the end of its run, and a learning curve does. */
	follow(state: SessionState): void {
		if (this.ended?.isJudged === false && state.type === 'run' && state.judgement !== undefined) {
			this.end(this.ended.id, state);
		}
		const curve = state.type === 'run' ? state.curve : undefined;
		const file = state.type === 'run' ? state.view.result?.adapterPath : undefined;
		if (curve?.type === 'measured' && file !== undefined && file === this.measuring) {
			this.tell(this.reports.measured(file, this.signal));
		}
		this.measuring = curve?.type === 'measuring' ? file : undefined;
	}

	private tell(keeping: Promise<unknown>): void {
		keeping.then(() => this.kept(undefined), this.kept);
	}
}
