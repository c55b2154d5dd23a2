/** Keeps the record of each run that ends in this window, and once more when its judgement comes later. */

import type { SessionState } from '../panel/sessionState';
import type { Reports } from './reports';

export class Keeper {
	private ended: { readonly id: string; readonly isJudged: boolean } | undefined;

	/** @param kept Called when a record was written, or could not be. */
	constructor(
		private readonly reports: Pick<Reports, 'keep'>,
		private readonly kept: (error: unknown) => void,
		private readonly signal: AbortSignal,
	) {}

	/** @param id Of the run that has ended. */
	end(id: string, state: SessionState): void {
		if (state.type === 'run' && state.view.id === id && state.view.result !== undefined) {
			const { view, order, judgement } = state;
			this.ended = { id, isJudged: judgement !== undefined };
			this.reports.keep({ view, order, judgement }, this.signal).then(() => this.kept(undefined), this.kept);
		}
	}

	/** With every change of the session: a judgement may come after the end of its run. */
	follow(state: SessionState): void {
		if (this.ended?.isJudged === false && state.type === 'run' && state.judgement !== undefined) {
			this.end(this.ended.id, state);
		}
	}
}
