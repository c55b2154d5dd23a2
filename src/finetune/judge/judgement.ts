/** What a judge found of an adapter: data alone, kept beside the adapter as JSON, shown by the report. */

import type { FillToEncode } from '../../inference/model';
import type { PairKind } from '../instruct/pair';

/** Where a span came from, in the order in which the dataset draws them. */
export type SpanKind = 'tail' | 'block' | 'lines' | 'hunk' | 'random';

/** A place that is judged: what serving would have asked there, and what stands there. */
export interface JudgedSpan extends FillToEncode {
	/** `repository/path`: spans of one file are one cluster of the bootstrap. */
	readonly file: string;
	readonly kind: SpanKind;
}

/** An estimate with its 95 % interval. */
export interface Interval {
	readonly value: number;
	readonly low: number;
	readonly high: number;
}

/** One measure of both sides on the same spans, and adapter minus base, paired and clustered by file. */
export interface Compared {
	readonly base: number;
	readonly adapter: number;
	readonly difference: Interval;
}

/** The gate's questions, in the order in which they are asked; each role has those that fit it. */
export const QUESTIONS = [
	'loss',
	'words',
	'exact',
	'similarity',
	'identifiers',
	'syntax',
	'premature',
	'length',
	'general',
	'leak',
	'latency',
] as const;
export type Question = (typeof QUESTIONS)[number];

export interface Answer {
	readonly question: Question;
	/** `unsure`: too little data to tell. */
	readonly answer: 'passed' | 'failed' | 'unsure';
	/** One sentence with the figure and the threshold, in the user's language. */
	readonly reason: string;
}

/** What both sides write at one place, or answer to one question. */
export interface Example {
	readonly file: string;
	readonly kind: SpanKind | PairKind;
	/** The end of the text before the cursor, or the question. */
	readonly prefix: string;
	/** The beginning of the text after it; empty after a question. */
	readonly suffix: string;
	readonly truth: string;
	readonly base: string;
	readonly adapter: string;
}

/** Version 1 of `judgement.json`. */
export interface Judgement {
	readonly version: 1;
	/** Whom it was trained for: what is said of places holds of conversations then. Default: completion. */
	readonly role?: 'chat' | undefined;
	/** `pass`: in use by itself; `fail`: off, with the reasons; `unsure`: off, "cannot tell with n spans". */
	readonly decision: 'pass' | 'fail' | 'unsure';
	readonly answers: readonly Answer[];
	readonly spans: number;
	readonly files: number;
	/** Strengths tried on validation, with the loss there in nats per token; the chosen one is `strength`. */
	readonly strengths: readonly { readonly strength: number; readonly loss: number }[];
	readonly strength: number;
	/** Share of a true difference of 0.05 nats per token that a test of this size would find; 0 to 1. */
	readonly power: number;
	/** Nats per token of the middles. */
	readonly loss: Compared;
	/**
	 * By which share of the base's loss the adapter is better on the test, and on the same words in an order of chance; the
	 * difference is the second minus the first. Undefined where nothing could be scrambled, and in earlier judgements.
	 */
	readonly words?:
		| { readonly code: number; readonly scrambled: number; readonly difference: Interval }
		| undefined;
	/** Shares from 0 to 1. */
	readonly exact: Compared;
	/** Exact McNemar p of `exact`, two-sided. */
	readonly exactP: number;
	/** Edit similarity; of answers chrF. */
	readonly similarity: Compared;
	/** F1 of names; undefined where the truth has none. */
	readonly identifiers: Compared | undefined;
	/** Of the texts whose language has a syntax; undefined where none has. */
	readonly syntax: Compared | undefined;
	/** Share that ends before the true text does, in less than half of its length; of answers, that is empty or has no end. */
	readonly premature: Compared;
	/** Length of what is written over the length of the truth, means. */
	readonly length: Compared;
	/** Nats per token of general code, or conversations, not the user's. Undefined where none could be scored. */
	readonly general: Compared | undefined;
	/** Milliseconds per generated token. */
	readonly latency: Compared;
	/** Texts that were generated and in which a rule for secrets fires, by rule; never the secret. */
	readonly leaks: readonly { readonly rule: string; readonly file: string }[];
	/** Share of continuations of training text that come out word for word, of both sides. */
	readonly verbatim: Compared;
	readonly examples: readonly Example[];
	/** Milliseconds that the judge took. */
	readonly milliseconds: number;
}
