/** A judgement beside its adapter, as JSON. */

import { readJson } from '../../inference/jsonFile';
import { writeWhole } from '../../inference/wholeFile';
import { count, list, literal, number, object, optional, shortString } from '../../inference/wire/shapes';
import { PAIR_KINDS } from '../instruct/pair';
import {
	type Answer,
	type Compared,
	type Example,
	type Interval,
	type Judgement,
	QUESTIONS,
} from './judgement';

const interval = object<Interval>({ value: number, low: number, high: number });
const compared = object<Compared>({ base: number, adapter: number, difference: interval });

/** For whoever reads one. */
export const isJudgement = object<Judgement>({
	version: (value): value is 1 => value === 1,
	role: optional(literal('chat')),
	decision: literal('pass', 'fail', 'unsure'),
	answers: list(
		object<Answer>({
			question: literal(...QUESTIONS),
			answer: literal('passed', 'failed', 'unsure'),
			reason: shortString,
		}),
	),
	spans: count,
	files: count,
	strengths: list(object<Judgement['strengths'][number]>({ strength: number, loss: number })),
	strength: number,
	power: number,
	loss: compared,
	words: optional(
		object<NonNullable<Judgement['words']>>({ code: number, scrambled: number, difference: interval }),
	),
	exact: compared,
	exactP: number,
	similarity: compared,
	identifiers: optional(compared),
	syntax: optional(compared),
	premature: compared,
	length: compared,
	general: optional(compared),
	latency: compared,
	leaks: list(object<Judgement['leaks'][number]>({ rule: shortString, file: shortString })),
	verbatim: compared,
	examples: list(
		object<Example>({
			file: shortString,
			kind: literal(...(['tail', 'block', 'lines', 'hunk', 'random'] as const), ...PAIR_KINDS),
			prefix: shortString,
			suffix: shortString,
			truth: shortString,
			base: shortString,
			adapter: shortString,
		}),
	),
	milliseconds: number,
});

/** @param adapterPath absolute, of a GGUF. */
export function judgementPath(adapterPath: string): string {
	return `${adapterPath.replace(/\.gguf$/i, '')}.judgement.json`;
}

/** Undefined where it was never judged, and for a file that is damaged. */
export function readJudgement(adapterPath: string): Promise<Judgement | undefined> {
	return readJson(judgementPath(adapterPath), isJudgement);
}

/** @throws the error of the disk; the earlier judgement is then intact. */
export function writeJudgement(adapterPath: string, judgement: Judgement): Promise<void> {
	return writeWhole(judgementPath(adapterPath), JSON.stringify(judgement, undefined, '\t'));
}
