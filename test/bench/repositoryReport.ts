/** What `bench:repositories` prints of an audit, a run and a judgement. */
import type { Audit, Stage } from '../../src/finetune/corpus/verdict';
import type { Compared, Judgement } from '../../src/finetune/judge/judgement';
import { corpusSize } from '../../src/finetune/panel/plan';
import type { Tuned } from './workplace';

/** @param seconds that it took; undefined where nobody timed it */
export function auditLines(audit: Audit, seconds: number | undefined): readonly string[] {
	const { files, out, characters } = corpusSize(audit);
	const stages = new Map<Stage, number>();
	for (const { verdict } of audit.files) {
		if (verdict.type === 'out') {
			stages.set(verdict.stage, (stages.get(verdict.stage) ?? 0) + 1);
		}
	}
	const reasons = [...stages].map(([stage, count]) => `${stage} ${count}`).join(', ');
	const time = seconds === undefined ? '' : `; ${seconds.toFixed(1)} s`;
	return [
		`audit: ${files} files in (${characters} characters), ${out} out${reasons === '' ? '' : ` (${reasons})`}${time}`,
	];
}

export function runLines({
	shown,
	spans,
	notes,
	preparing,
	isActive,
	isJudgedAgain,
}: Tuned): readonly string[] {
	const { result } = shown.view;
	const { data } = shown.order;
	return [
		`data: ${data?.trainSamples} samples, ${data?.trainTokens} tokens to learn from; ${spans.test.length} places of the test in ${filesOf(spans.test)} files, ${spans.validation.length} of the validation in ${filesOf(spans.validation)}; ${preparing.toFixed(0)} s`,
		...notes.map((note) => `note: ${note}`),
		...(result === undefined
			? []
			: [
					`training: ${result.steps} steps, ${result.tokens} tokens, ${result.seconds.toFixed(0)} s; held-out loss ${result.before.loss.toFixed(3)} → ${result.after.loss.toFixed(3)}`,
				]),
		`in use: ${isActive}${isJudgedAgain ? '; judged again, since the time was too short for all places' : ''}`,
	];
}

export function judgementLines(judgement: Judgement): readonly string[] {
	const { decision, answers, strength, milliseconds, spans, files } = judgement;
	return [
		`verdict: ${decision} at strength ${strength}, ${spans} places in ${files} files, ${(milliseconds / 1_000).toFixed(0)} s`,
		`  loss ${figures(judgement.loss, 3)}; exact ${figures(judgement.exact, 3)}; edit similarity ${figures(judgement.similarity, 3)}`,
		...answers.map(
			({ question, answer, reason }) =>
				`  ${answer === 'passed' ? '✓' : answer === 'failed' ? '✗' : '?'} ${question}: ${reason}`,
		),
	];
}

/** For the JSON line. */
export function detailsOf(judgement: Judgement): Readonly<Record<string, unknown>> {
	const { decision, strength, spans, files, loss, exact, similarity, milliseconds, answers } = judgement;
	return {
		...{ decision, strength, test_places: spans, test_files: files, milliseconds },
		...{ loss: loss.difference, exact: exact.difference, similarity: similarity.difference },
		...Object.fromEntries(answers.map(({ question, answer }) => [`gate_${question}`, answer])),
	};
}

function filesOf(spans: readonly { readonly file: string }[]): number {
	return new Set(spans.map(({ file }) => file)).size;
}

function figures({ base, adapter, difference: { value, low, high } }: Compared, digits: number): string {
	const [from, to, by, least, most] = [base, adapter, value, low, high].map((one) => one.toFixed(digits));
	return `${from} → ${to} (${by}; ${least} to ${most})`;
}
