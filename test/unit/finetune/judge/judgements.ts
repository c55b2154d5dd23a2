/** Judgements as a judge gives them, for tests of what follows from them. */
import type { Compared, Judgement } from '../../../../src/finetune/judge/judgement';

const same: Compared = { base: 1, adapter: 1, difference: { value: 0, low: 0, high: 0 } };

export function judgementOf(decision: Judgement['decision'], changes: Partial<Judgement> = {}): Judgement {
	const answer = ({ pass: 'passed', fail: 'failed', unsure: 'unsure' } as const)[decision];
	return {
		version: 1,
		decision,
		answers: [
			{ question: 'loss', answer, reason: `Loss ${answer}.` },
			{ question: 'leak', answer: 'passed', reason: 'No secret.' },
		],
		spans: 240,
		files: 40,
		strengths: [{ strength: 0.75, loss: 1 }],
		strength: 0.75,
		power: 0.9,
		loss: same,
		exact: same,
		exactP: 1,
		similarity: same,
		identifiers: same,
		syntax: undefined,
		premature: same,
		length: same,
		general: same,
		latency: same,
		leaks: [],
		verbatim: same,
		examples: [],
		milliseconds: 1_000,
		...changes,
	};
}
