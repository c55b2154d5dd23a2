/** Audited files → samples: split by file, holes drawn by seed, tokens from the model that will be trained. */

import { throwIfAborted } from '../../inference/cancel';
import { CHARACTERS_PER_TOKEN } from '../../inference/fillPieces';
import type { Model } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { Audit } from '../corpus/verdict';
import { english } from '../job/english';
import { randomFrom, seedFor } from '../training/random';
import { DatasetError } from './datasetError';
import { encodeTasks, endToken, type Task } from './encoder';
import { drawHoles, type Hole, holeCount } from './holes';
import type { Dataset, DatasetHeader, DatasetPart, LossOn, Sample } from './sample';
import { filesIn, type SourceFile, textOf } from './source';
import { enough, type Split, split } from './split';

export interface DatasetOptions {
	readonly lossOn: LossOn;
	/** Same seed, same files: the same dataset. */
	readonly seed: number;
	/** Longest sample, in tokens. */
	readonly longest: number;
	/** How often the files are covered, with fresh holes each time. */
	readonly passes: number;
	/** For notes and refusals; default: English. */
	readonly translate?: Translate;
}

export interface BuiltDataset extends Omit<Dataset, 'hash'> {
	/** What the user should know about it, such as files that changed meanwhile. */
	readonly notes: readonly string[];
}

/** How far the work is: samples drawn of those expected. */
export interface DatasetProgress {
	readonly done: number;
	readonly all: number;
}

/** Characters of 60 lines of code: at most so far apart are holes, however long a sample may be. */
const WIDEST_SPACING = 2_100;
/** Share of a sample that a middle may take. */
const MIDDLE_SHARE = 0.5;
/** A plain piece is cut by tokens; so many characters of it have at least that many. */
const MOST_CHARACTERS_PER_TOKEN = 4;
/** Tokens learned from, at most: 128 MB while they are prepared, and more than a night of training. */
const MOST_TOKENS = 16_000_000;
/** Limits of one request to the model; its answers to others wait no longer than for one. */
const BATCH_TASKS = 128;
const BATCH_CHARACTERS = 500_000;
/** Files that a note names: a branch that is switched meanwhile changes thousands. */
const MOST_NAMED = 10;
/** Draws the held-out holes, whatever the seed: losses of two runs on the same files can be compared. */
const HELD_OUT_SEED = 1;

/**
 * @throws DatasetError when there is too little to learn from, or the model is not ready, cannot fill in the middle,
 * or is changed meanwhile; an AbortError when cancelled
 */
export async function buildDataset(
	audit: Audit,
	model: Pick<Model, 'state' | 'encode'>,
	options: DatasetOptions,
	onProgress: (progress: DatasetProgress) => void,
	signal: AbortSignal,
): Promise<BuiltDataset> {
	const { translate = english } = options;
	const { path: basePath, promptFormat } = modelOf(model, translate);
	const files = filesIn(audit);
	const verdict = enough(files.length, translate);
	if (verdict.type === 'refused') {
		throw new DatasetError(verdict.reason);
	}
	const end = await endToken(model, options.longest, signal);
	const parts = split(files, options.seed);
	const plan = planOf(parts, options);
	const builder = new Builder(model, basePath, plan.all, options, onProgress, signal);
	const train = await builder.samples(parts.train, (file, text) => trainHoles(file, text, plan, options));
	const heldOut = await builder.samples(parts.heldOut, (file, text) => heldOutHoles(file, text, plan));
	const changed = builder.changed;
	if (train.length === 0 || heldOut.length === 0) {
		throw new DatasetError(
			train.length === 0
				? translate(
						'No samples could be made of the files to learn from: {0} of {1} files changed while they were read. Save them, and start again.',
						changed.length,
						files.length,
					)
				: translate(
						'No samples could be made of the held-out files: {0} of {1} files changed while they were read. Save them, and start again.',
						changed.length,
						files.length,
					),
		);
	}
	const header: DatasetHeader = {
		version: 1,
		promptFormat,
		basePath,
		repositories: audit.repositories.map((repository) => repository.name),
		files: builder.files,
		lossOn: options.lossOn,
		seed: options.seed,
		longest: options.longest,
		end,
		train: partOf(train),
		heldOut: partOf(heldOut),
	};
	const notes = [
		...(verdict.note === undefined ? [] : [verdict.note]),
		...(plan.share < 1
			? [
					translate(
						'{0} % of the places are learned from: more than {1} tokens are not prepared at once.',
						Math.round(plan.share * 100),
						MOST_TOKENS,
					),
				]
			: []),
		...(changed.length > 0
			? [translate('Left out because they changed while they were read: {0}.', someOf(changed, translate))]
			: []),
	];
	return { header, train, heldOut, notes };
}

function someOf(names: readonly string[], translate: Translate): string {
	const more = names.length - MOST_NAMED;
	return more > 0
		? translate('{0} and {1} more', names.slice(0, MOST_NAMED).join(', '), more)
		: names.join(', ');
}

/** Asks for samples file by file, and counts. */
class Builder {
	/** Names of the files that gave samples. */
	readonly files: string[] = [];
	/** Names of the files that are no longer what was audited. */
	readonly changed: string[] = [];
	private done = 0;

	constructor(
		private readonly model: Pick<Model, 'state' | 'encode'>,
		private readonly basePath: string,
		private readonly all: number,
		private readonly options: DatasetOptions,
		private readonly onProgress: (progress: DatasetProgress) => void,
		private readonly signal: AbortSignal,
	) {}

	async samples(
		files: readonly SourceFile[],
		holesOf: (file: SourceFile, text: string) => readonly Hole[],
	): Promise<readonly Sample[]> {
		const samples: Sample[] = [];
		let batch: Task[] = [];
		let characters = 0;
		const ask = async () => {
			samples.push(...(await this.encode(batch)));
			batch = [];
			characters = 0;
		};
		const reach = this.options.longest * MOST_CHARACTERS_PER_TOKEN;
		for (const source of files) {
			throwIfAborted(this.signal);
			const text = await textOf(source);
			if (text === undefined) {
				this.changed.push(source.name);
				continue;
			}
			const holes = holesOf(source, text);
			const file = holes.length === 0 ? 0 : this.files.push(source.name) - 1;
			for (const hole of holes) {
				if (batch.length >= BATCH_TASKS || characters + reach > BATCH_CHARACTERS) {
					await ask();
				}
				batch.push({ repository: source.repository.name, path: source.path, text, hole, file });
				characters += reach;
			}
		}
		await ask();
		return samples;
	}

	private async encode(batch: readonly Task[]): Promise<readonly Sample[]> {
		if (batch.length === 0) {
			return [];
		}
		throwIfAborted(this.signal);
		const samples = await encodeTasks(batch, this.model, this.options, this.signal);
		const { translate = english } = this.options;
		if (modelOf(this.model, translate).path !== this.basePath) {
			throw new DatasetError(
				translate(
					'The model was changed while the data was prepared: its tokens are those of {0}. Start again.',
					this.basePath,
				),
			);
		}
		this.done += batch.length;
		this.onProgress({ done: this.done, all: Math.max(this.all, this.done) });
		return samples;
	}
}

interface Plan {
	/** Characters of text for each hole. */
	readonly spacing: number;
	/** Share of the holes for training that is used. */
	readonly share: number;
	/** Holes that are expected in all. */
	readonly all: number;
	readonly longestMiddle: number;
}

function planOf(parts: Split<SourceFile>, { longest, passes }: DatasetOptions): Plan {
	const spacing = Math.min(WIDEST_SPACING, longest * CHARACTERS_PER_TOKEN);
	const count = (files: readonly SourceFile[]) =>
		files.reduce((sum, file) => sum + holeCount(file.characters, spacing), 0);
	const train = count(parts.train) * passes;
	const share = Math.min(1, MOST_TOKENS / (train * longest));
	return {
		spacing,
		share,
		all: Math.round(train * share) + count(parts.heldOut),
		longestMiddle: Math.floor(longest * CHARACTERS_PER_TOKEN * MIDDLE_SHARE),
	};
}

function trainHoles(file: SourceFile, text: string, plan: Plan, options: DatasetOptions): readonly Hole[] {
	const random = randomFrom(seedFor(options.seed, `holes of ${file.name}`));
	const holes: Hole[] = [];
	for (let pass = 0; pass < options.passes; pass++) {
		const drawn = drawHoles(
			text,
			{ ...plan, longestPlain: options.longest * MOST_CHARACTERS_PER_TOKEN },
			random,
		);
		holes.push(...drawn.filter(() => plan.share >= 1 || random.next() < plan.share));
	}
	return holes;
}

/** Without plain pieces: what is measured is what completion does. */
function heldOutHoles(file: SourceFile, text: string, plan: Plan): readonly Hole[] {
	const random = randomFrom(seedFor(HELD_OUT_SEED, `held-out holes of ${file.name}`));
	return drawHoles(text, { ...plan, longestPlain: 0 }, random);
}

function modelOf({ state }: Pick<Model, 'state'>, translate: Translate) {
	if (state.type !== 'ready') {
		throw new DatasetError(
			state.type === 'failed'
				? state.problem.message
				: translate('There is no model that could be trained yet. Select one, or wait until it is loaded.'),
		);
	}
	const { fill } = state.model;
	if (fill.type === 'unsupported') {
		throw new DatasetError(
			translate(
				'{0} cannot be trained for completion: {1} Select a model that can fill in the middle.',
				state.model.name,
				fill.reason,
			),
		);
	}
	return state.model;
}

function partOf(samples: readonly Sample[]): DatasetPart {
	return {
		samples: samples.length,
		tokens: samples.reduce((sum, sample) => sum + sample.tokens.length, 0),
		weighted: samples.reduce(
			(sum, sample) => sum + sample.weights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0),
			0,
		),
		files: new Set(samples.map((sample) => sample.file)).size,
	};
}
