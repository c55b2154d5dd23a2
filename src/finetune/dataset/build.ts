/** Audited files → samples: places are drawn, the model that will be trained gives the tokens, and what is not worth it goes. */

import { throwIfAborted } from '../../inference/cancel';
import type { Generator, Model } from '../../inference/model';
import type { Translate } from '../../inference/statusText';
import type { Audit } from '../corpus/verdict';
import { english } from '../job/english';
import type { JudgedSpan } from '../judge/judgement';
import { BaseLoss, type ScoreFills } from './baseLoss';
import { Collector } from './collector';
import { DatasetError } from './datasetError';
import type { Draw, DrawFacts, Drawn, SampleShares } from './drawn';
import { endToken } from './encoder';
import { DEFAULT_SHARES } from './holes';
import { notesOf } from './notes';
import { nothingReason, undividedReason } from './refusals';
import { FEWEST_REPLAYED, type Replayed, replay } from './replay';
import type { Dataset, DatasetHeader, DatasetPart, LossOn, Sample } from './sample';
import { selected } from './selection';
import { filesIn } from './source';
import { enough } from './split';

export interface DatasetOptions {
	readonly lossOn: LossOn;
	/** Same seed, same files: the same dataset. */
	readonly seed: number;
	/** Longest sample, in tokens. */
	readonly longest: number;
	/** How often the files are covered, with fresh holes each time. */
	readonly passes: number;
	/** Default: those of the recipe. */
	readonly shares?: SampleShares;
	/** Of the training: what there is no time for is not learned from. Default 0: there is time for all. */
	readonly minutes?: number;
	/** Share of the samples that the model writes itself, 0 to 1; needs `fill`. Default 0. */
	readonly replayShare?: number;
	/** Where places are drawn. */
	readonly draw: Draw;
	/** For notes and refusals; default: English. */
	readonly translate?: Translate;
}

/** What of the model is asked. Without `scoreFills`, nothing is left out for being known or noise. */
export interface DatasetModel extends Pick<Model, 'state' | 'encode'>, Partial<Pick<Generator, 'fill'>> {
	readonly scoreFills?: ScoreFills;
}

export interface BuiltDataset extends Omit<Dataset, 'hash'> {
	/** What the user should know about it, such as files that changed meanwhile. */
	readonly notes: readonly string[];
	/** What chooses the strength: the places of `heldOut`. */
	readonly validation: readonly JudgedSpan[];
	/** What the verdict is passed on: in no other part. */
	readonly test: readonly JudgedSpan[];
	/** Some of what is learned from: whether it comes out word for word is looked at. */
	readonly trainSample: readonly JudgedSpan[];
}

/** How far the work is: files read, then samples made, of those expected. */
export interface DatasetProgress {
	readonly of: 'files' | 'samples';
	readonly done: number;
	readonly all: number;
}

export const RECIPE: SampleShares = {
	holes: DEFAULT_SHARES,
	hunksOfLongHistory: 25,
	context: 0.5,
	bare: 0.2,
};
/** Share of the samples that the base model writes itself. */
export const REPLAY_SHARE = 0.1;
/** Name under which they stand among the files. */
const REPLAY_NAME = '(the model itself)';
/** Tokens learned from, at most: 128 MB while they are prepared, and more than a night of training. */
const MOST_TOKENS = 16_000_000;
/** A step costs three times what reading does: no trainer learns more than half as many tokens as the model reads. */
const LEARNED_OF_READ = 0.5;
/** Shares of the training's time that writing and scoring may take. */
const REPLAY_TIME = 0.1;
const SCORING_TIME = 0.15;
/** Places judged of what chooses the strength, at most. */
const MOST_JUDGED = 300;

/**
 * @throws DatasetError when there is too little to learn from, or the model is not ready, cannot fill in the middle,
 * or is changed meanwhile; an AbortError when cancelled
 */
export async function buildDataset(
	audit: Audit,
	model: DatasetModel,
	options: DatasetOptions,
	onProgress: (progress: DatasetProgress) => void,
	signal: AbortSignal,
): Promise<BuiltDataset> {
	const { translate = english, seed, longest, shares = RECIPE, minutes = 0, replayShare = 0 } = options;
	const {
		path: basePath,
		promptFormat,
		prefillTokensPerSecond,
		decodeTokensPerSecond,
		adapters,
	} = modelOf(model, translate);
	const files = filesIn(audit);
	const verdict = enough(files.length, translate);
	if (verdict.type === 'refused') {
		throw new DatasetError(verdict.reason);
	}
	const end = await endToken(model, longest, signal);
	const budget =
		minutes > 0 ? minutes * 60 * prefillTokensPerSecond * LEARNED_OF_READ : Number.POSITIVE_INFINITY;
	const collector = new Collector(model, options, () => {
		if (modelOf(model, translate).path !== basePath) {
			throw new DatasetError(
				translate(
					'The model was changed while the data was prepared: its tokens are those of {0}. Start again.',
					basePath,
				),
			);
		}
	});
	const order = {
		files,
		seed,
		longest,
		passes: options.passes,
		mostTokens: MOST_TOKENS,
		shares,
		prefillTokensPerSecond,
	};
	let planned: Extract<Drawn, { type: 'planned' }> = { type: 'planned', all: 0, share: 1, trainTokens: 0 };
	let facts: DrawFacts | undefined;
	const tell = (written: number, ofWritten = 0) => {
		const done = collector.done + written;
		const planning = Math.round(planned.all * (1 + replayShare));
		onProgress({ of: 'samples', done, all: Math.max(planning, collector.done + ofWritten) });
	};
	for await (const drawn of options.draw(order, signal)) {
		throwIfAborted(signal);
		switch (drawn.type) {
			case 'reading':
				onProgress({ of: 'files', done: drawn.done, all: files.length });
				break;
			case 'planned':
				planned = drawn;
				if (model.scoreFills !== undefined && adapters.length === 0 && drawn.trainTokens > budget) {
					collector.baseLoss = new BaseLoss({
						scoreFills: (request, aborted) => model.scoreFills?.(request, aborted) ?? unscored,
						tokens: drawn.trainTokens,
						tokensPerSecond: prefillTokensPerSecond,
						seconds: minutes * 60 * SCORING_TIME,
						seed,
					});
				}
				break;
			case 'places':
				await collector.take(drawn.part, drawn.places, signal);
				tell(0);
				break;
			case 'done':
				facts = drawn.facts;
				break;
			case 'undivided':
				throw new DatasetError(undividedReason(drawn.changed.length, files.length, translate));
			default:
				drawn satisfies never;
		}
	}
	if (facts === undefined) {
		throw new DatasetError(translate('The samples were not drawn to the end. Start again.'));
	}
	const { train: all, heldOut } = collector;
	if (all.length === 0 || heldOut.length === 0) {
		throw new DatasetError(nothingReason(all.length === 0, facts, files.length, translate));
	}
	const kept = selected(
		all.map(({ sample, loss }) => ({ tokens: sample.tokens.length, loss })),
		collector.baseLoss === undefined ? Number.POSITIVE_INFINITY : budget,
		seed,
	);
	const learned = all.filter((_, index) => kept.has(index));
	const own = await replayed(
		model,
		options,
		learned.length,
		{
			// Where the time is open, it is as long as the data take.
			seconds:
				REPLAY_TIME *
				(minutes > 0 ? minutes * 60 : tokensIn(learned) / (prefillTokensPerSecond * LEARNED_OF_READ)),
			decodeTokensPerSecond,
		},
		tell,
		signal,
	);
	const repeated = await collector.plain(own.texts, REPLAY_NAME, signal);
	const train = [...learned.map(({ sample }) => sample), ...repeated];
	const test = collector.test;
	const header: DatasetHeader = {
		version: 1,
		promptFormat,
		basePath,
		repositories: audit.repositories.map((repository) => repository.name),
		files: collector.files,
		lossOn: options.lossOn,
		seed,
		longest,
		end,
		heads: facts.heads,
		test: { by: facts.by, places: test.length },
		replay: repeated.length,
		train: partOf(train),
		heldOut: partOf(heldOut),
	};
	const notes = [
		...(verdict.note === undefined ? [] : [verdict.note]),
		...notesOf(
			{
				...facts,
				share: planned.share,
				mostTokens: MOST_TOKENS,
				unselected: all.length - learned.length,
				replay: own.skipped,
			},
			translate,
		),
	];
	return {
		header,
		train,
		heldOut,
		notes,
		validation: collector.validation.slice(0, MOST_JUDGED),
		test,
		trainSample: collector.trainSample(new Set(train)),
	};
}

const unscored = Promise.resolve({ type: 'unsupported', reason: '' } as const);

function tokensIn(samples: readonly { readonly sample: Sample }[]): number {
	return samples.reduce((sum, { sample }) => sum + sample.tokens.length, 0);
}

/** An adapter that is in use would write what it has learned, not what the base knew. */
async function replayed(
	model: DatasetModel,
	{ replayShare = 0, longest, seed }: DatasetOptions,
	samples: number,
	time: { readonly seconds: number; readonly decodeTokensPerSecond: number },
	onText: (written: number, count: number) => void,
	signal: AbortSignal,
): Promise<Replayed> {
	const { fill, state } = model;
	if (fill === undefined || replayShare === 0) {
		return { texts: [], skipped: undefined };
	}
	if (state.type !== 'ready' || state.model.adapters.length > 0) {
		return { texts: [], skipped: 'adapter' };
	}
	const count = Math.max(FEWEST_REPLAYED, Math.round((samples * replayShare) / (1 - replayShare)));
	const asked = { fill: fill.bind(model) };
	return replay(asked, { ...time, count, longest, seed, onText }, signal);
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
