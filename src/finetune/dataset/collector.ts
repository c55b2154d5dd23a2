/** Places → samples and what is judged, part by part, with tokens from the model. */

import { throwIfAborted } from '../../inference/cancel';
import type { Generator } from '../../inference/model';
import type { JudgedSpan, SpanKind } from '../judge/judgement';
import { type Random, randomFrom, seedFor } from '../training/random';
import type { BaseLoss } from './baseLoss';
import type { DrawnPlace, Part } from './drawn';
import { encodeTasks, fillOf, promptRoom, samplesOf, type Task } from './encoder';
import type { HoleKind } from './holes';
import type { LossOn, Sample } from './sample';

interface CollectorOptions {
	readonly lossOn: LossOn;
	readonly seed: number;
	/** Longest sample, in tokens. */
	readonly longest: number;
}

/** A sample to learn from, and what the base model thinks of it, where it was asked. */
interface Learned {
	readonly sample: Sample;
	readonly loss: number | undefined;
}

/** Limits of one request to the model; its answers to others wait no longer than for one. */
const BATCH_TASKS = 128;
const BATCH_CHARACTERS = 500_000;
/** A sample has at most so many characters for each of its tokens, nearly always. */
const MOST_CHARACTERS_PER_TOKEN = 4;
/** Places that are looked at for what comes out word for word. */
const TRAIN_SAMPLE = 200;

const KINDS: Readonly<Record<Exclude<HoleKind, 'plain'>, SpanKind>> = {
	rest: 'tail',
	block: 'block',
	lines: 'lines',
	hunk: 'hunk',
	characters: 'random',
};

export class Collector {
	/** Names of the files that gave samples. */
	readonly files: string[] = [];
	readonly train: Learned[] = [];
	readonly heldOut: Sample[] = [];
	readonly validation: JudgedSpan[] = [];
	readonly test: JudgedSpan[] = [];
	/** Asked for what is learned from, where there is one. */
	baseLoss: BaseLoss | undefined;
	/** Places that were taken. */
	done = 0;
	private readonly indices = new Map<string, number>();
	private readonly sampled: { readonly sample: Sample; readonly span: JudgedSpan }[] = [];
	private readonly lots: Random;
	private seen = 0;

	/** @param check throws where the model is no longer the one whose tokens these are */
	constructor(
		private readonly model: Pick<Generator, 'encode'>,
		private readonly options: CollectorOptions,
		private readonly check: () => void,
	) {
		this.lots = randomFrom(seedFor(options.seed, 'train sample'));
	}

	/** @throws DatasetError; an AbortError */
	async take(part: Part, places: readonly DrawnPlace[], signal: AbortSignal): Promise<void> {
		if (part !== 'train') {
			const spans = places.flatMap((place) => this.span(place) ?? []);
			(part === 'test' ? this.test : this.validation).push(...spans);
		}
		if (part === 'test') {
			this.done += places.length;
			return;
		}
		const room = Math.floor(BATCH_CHARACTERS / (this.options.longest * MOST_CHARACTERS_PER_TOKEN));
		const size = Math.max(1, Math.min(BATCH_TASKS, room));
		for (let at = 0; at < places.length; at += size) {
			await this.encode(part, places.slice(at, at + size), signal);
		}
	}

	/** Samples of texts as they stand. */
	async plain(texts: readonly string[], name: string, signal: AbortSignal): Promise<readonly Sample[]> {
		if (texts.length === 0) {
			return [];
		}
		const tasks = texts.map((text): Task => {
			const hole = { kind: 'plain', start: 0, end: text.length, ends: false } as const;
			return { repository: undefined, path: '', text, hole, file: this.index(name) };
		});
		const samples: Sample[] = [];
		for (let at = 0; at < tasks.length; at += BATCH_TASKS) {
			throwIfAborted(signal);
			samples.push(
				...(await encodeTasks(tasks.slice(at, at + BATCH_TASKS), this.model, this.options, signal)),
			);
			this.check();
		}
		return samples;
	}

	/** @param learned those of the samples that are learned from in the end */
	trainSample(learned: ReadonlySet<Sample>): readonly JudgedSpan[] {
		return this.sampled.filter(({ sample }) => learned.has(sample)).map(({ span }) => span);
	}

	private async encode(
		part: 'train' | 'validation',
		places: readonly DrawnPlace[],
		signal: AbortSignal,
	): Promise<void> {
		throwIfAborted(signal);
		const tasks = places.map((place) => ({ ...place, file: this.index(place.name) }));
		const samples = await samplesOf(tasks, this.model, this.options, signal);
		this.check();
		const made = tasks.flatMap((task) => {
			const sample = samples.get(task);
			return sample === undefined ? [] : [{ task, sample, span: this.span(task) }];
		});
		if (part === 'validation') {
			this.heldOut.push(...made.map(({ sample }) => sample));
		} else {
			const spans = made.flatMap(({ span }) => span ?? []);
			const losses = (await this.baseLoss?.of(spans, signal)) ?? [];
			for (const { sample, span } of made) {
				this.train.push({ sample, loss: span === undefined ? undefined : losses[spans.indexOf(span)] });
				this.draw(sample, span);
			}
		}
		this.done += places.length;
	}

	/** Each has the same chance, whatever their number (reservoir sampling). */
	private draw(sample: Sample, span: JudgedSpan | undefined): void {
		if (span === undefined) {
			return;
		}
		const at = this.seen < TRAIN_SAMPLE ? this.seen : Math.floor(this.lots.next() * (this.seen + 1));
		this.seen++;
		if (at < TRAIN_SAMPLE) {
			this.sampled[at] = { sample, span };
		}
	}

	/** Undefined for a plain piece. */
	private span(place: DrawnPlace): JudgedSpan | undefined {
		const { hole, name } = place;
		return hole.kind === 'plain'
			? undefined
			: {
					...fillOf(place, promptRoom(hole, this.options.longest)),
					file: name,
					kind: KINDS[hole.kind],
				};
	}

	private index(name: string): number {
		const known = this.indices.get(name);
		if (known !== undefined) {
			return known;
		}
		const index = this.files.push(name) - 1;
		this.indices.set(name, index);
		return index;
	}
}
