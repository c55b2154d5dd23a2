/** Looks at the loss on what was held out, tells of it, and knows how long a look takes. */

import type { ModelShape } from '../architectures/architecture';
import type { Sample } from '../dataset/sample';
import type { Evaluation, FromTrainer } from '../job/messages';
import type { Control } from './control';
import { evaluate } from './evaluate';
import type { Learner } from './learner';
import type { Row } from './rows';
import { upToTokens } from './runData';
import { RunFailure } from './runFailure';

/** Tokens that are measured: more would cost a slow machine longer than a quick look lasts. */
const MOST_TOKENS = 24_576;

interface HeldOutContext {
	readonly learner: Pick<Learner, 'score'> & { readonly shape: Pick<ModelShape, 'name'> };
	readonly control: Pick<Control, 'run'>;
	readonly say: (message: FromTrainer) => void;
}

export class HeldOut {
	/** What a look scores. */
	readonly rows: readonly Row[];
	#milliseconds = 0;

	/** @param rows of one pass over the samples. */
	constructor(
		rows: readonly Row[],
		private readonly samples: readonly Sample[],
		private readonly context: HeldOutContext,
	) {
		this.rows = upToTokens(rows, MOST_TOKENS);
	}

	/** Of the last look, pauses not counted; 0 before the first. */
	get milliseconds(): number {
		return this.#milliseconds;
	}

	/**
	 * @param step done so far.
	 * @throws RunFailure where the loss is no number; AbortError.
	 */
	async look(step: number): Promise<Evaluation> {
		const { learner, control, say } = this.context;
		const all = this.rows.length;
		say({ type: 'phase', phase: 'evaluating', detail: `${all} rows` });
		let milliseconds = 0;
		const evaluation = await evaluate(
			this.rows,
			this.samples,
			step,
			(row) =>
				control.run(async (interrupt) => {
					const begun = performance.now();
					const scores = await learner.score(row, interrupt);
					milliseconds += performance.now() - begun;
					return scores;
				}),
			(index) => say({ type: 'phase', phase: 'evaluating', detail: `${index + 1} / ${all}` }),
		);
		this.#milliseconds = milliseconds;
		if (!Number.isFinite(evaluation.loss)) {
			throw new RunFailure(
				'not-finite',
				step === 0
					? `${learner.shape.name} gives no finite loss on its own, before any training: the file may be damaged. Choose another model.`
					: `After step ${step} the loss on what was held out is not finite. Start again with a lower learning rate; the last checkpoint is kept.`,
			);
		}
		say({ type: 'evaluation', evaluation });
		return evaluation;
	}
}
