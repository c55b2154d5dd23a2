/** Files → places to learn from, to choose by and to test on, piece by piece; what a thread must bring is handed in. */

import { throwIfAborted } from '../../inference/cancel';
import { CHARACTERS_PER_TOKEN } from '../../inference/fillPieces';
import type { Repository } from '../corpus/verdict';
import { randomFrom, seedFor } from '../training/random';
import type { Span } from './blocks';
import { Contamination } from './contamination';
import type { Drawn, DrawnPlace, DrawOrder } from './drawn';
import { Dresser, type DressTools } from './dress';
import type { History } from './history';
import { drawHoles, type Hole, type HoleOptions, type HoleShares, holeCount } from './holes';
import { linesOf } from './lines';
import { type Corpus, type CorpusFile, readCorpus } from './readCorpus';
import { type Sides, sidesOf } from './sides';
import type { SourceFile } from './source';
import { HELD_OUT_SEED, type TestHoles, testHoles } from './testHoles';

export interface DrawTools extends DressTools {
	/** Undefined where the file is no longer what was audited. */
	readonly textOf: (file: SourceFile) => Promise<string | undefined>;
	readonly historyOf: (
		repository: Repository,
		paths: ReadonlySet<string>,
		signal: AbortSignal,
	) => Promise<History | undefined>;
	/** Undefined where there is no syntax for it. Default: there never is. */
	readonly blocksOf?: (path: string, text: string) => Promise<readonly Span[] | undefined>;
}

/** Characters of 60 lines of code: at most so far apart are holes, however long a sample may be. */
const WIDEST_SPACING = 2_100;
/** Share of a sample that a middle may take. */
const MIDDLE_SHARE = 0.5;
/** A plain piece is cut by tokens; so many characters of it have at least that many. */
const MOST_CHARACTERS_PER_TOKEN = 4;
/** Holes that choose the strength, and characters between two at least: of few files they lie closer together. */
const VALIDATION_HOLES = 64;
const MOST_VALIDATION = 2_000;
const CLOSEST_VALIDATION = 300;
/** Holes of a test: fewer prove little, and more take their time. */
const ENOUGH_TEST = 240;
const MOST_TEST = 500;
const CLOSEST_TEST = 150;
/** Places sent at once. */
const BATCH = 128;
/** Commits that make a long history. */
const LONG_HISTORY = 500;
/** Share of the holes that are of commits, at most, in a stretch that has some. */
const MOST_HUNKS = 0.5;

/** @throws an AbortError */
export async function* draw(
	order: DrawOrder,
	tools: DrawTools,
	signal: AbortSignal,
): AsyncGenerator<Drawn, void> {
	const reading = readCorpus(order.files, tools, signal);
	let step = await reading.next();
	for (; step.done !== true; step = await reading.next()) {
		yield { type: 'reading', done: step.value };
	}
	const corpus = step.value;
	const sides = divided(corpus, order.seed);
	if (sides === undefined) {
		yield { type: 'undivided', changed: corpus.changed };
		return;
	}
	yield* new Drawer(order, tools, corpus, sides, signal).all();
}

/** Undefined where there are too few files, or too few that differ. */
function divided(corpus: Corpus, seed: number): Sides<CorpusFile> | undefined {
	const clusters = new Set(corpus.files.map(({ cluster }) => cluster)).size;
	return clusters < 3 ? undefined : sidesOf(corpus.files, corpus.commits, seed);
}

class Drawer {
	private readonly spacing: number;
	private readonly longestMiddle: number;
	private readonly dresser: Dresser;
	private readonly shares: HoleShares;
	private readonly changed: string[];

	constructor(
		private readonly order: DrawOrder,
		private readonly tools: DrawTools,
		private readonly corpus: Corpus,
		private readonly sides: Sides<CorpusFile>,
		private readonly signal: AbortSignal,
	) {
		const { longest } = order;
		this.spacing = Math.min(WIDEST_SPACING, longest * CHARACTERS_PER_TOKEN);
		this.longestMiddle = Math.floor(longest * CHARACTERS_PER_TOKEN * MIDDLE_SHARE);
		this.changed = [...corpus.changed];
		this.shares = this.sharesHere();
		this.dresser = new Dresser(
			order,
			tools,
			sides.train.map(({ source }) => source),
			(file) => tools.textOf(file),
		);
	}

	async *all(): AsyncGenerator<Drawn, void> {
		const { longest, passes, mostTokens } = this.order;
		const { train, test, out, by, commits } = this.sides;
		const count =
			train.reduce((sum, { source }) => sum + holeCount(source.characters, this.spacingOf(source)), 0) *
			passes;
		const share = Math.min(1, mostTokens / (count * longest));
		// Before what is learned from is read: that must not hold any of it.
		const validation = await this.validation();
		const tested = await this.test();
		const heldOut = [...validation, ...tested];
		yield {
			type: 'planned',
			all: Math.round(count * share) + heldOut.length,
			share,
			trainTokens: Math.round(count * share * longest),
		};
		const contamination = new Contamination(heldOut.map(middleOf));
		for (const file of train) {
			throwIfAborted(this.signal);
			const places = await this.trainPlaces(file, share, contamination);
			for (let at = 0; at < places.length; at += BATCH) {
				yield { type: 'places', part: 'train', places: places.slice(at, at + BATCH) };
			}
		}
		const { overlapping } = contamination;
		const clean = (places: readonly DrawnPlace[], offset: number) =>
			places.filter((_, index) => !overlapping.has(offset + index));
		yield { type: 'places', part: 'validation', places: clean(validation, 0) };
		yield { type: 'places', part: 'test', places: clean(tested, validation.length) };
		yield {
			type: 'done',
			facts: {
				by: test.length === 0 ? 'seed' : by,
				commits,
				heads: this.corpus.heads,
				changed: this.changed,
				alike: out.length,
				overlapping: overlapping.size,
			},
		};
	}

	/** Characters between two places that are learned from: languages and folders that are short of text get more. */
	private spacingOf({ weight = 1 }: SourceFile): number {
		return this.spacing / weight;
	}

	private async trainPlaces(
		{ source, added }: CorpusFile,
		share: number,
		contamination: Contamination,
	): Promise<readonly DrawnPlace[]> {
		const { seed, passes, longest } = this.order;
		const read = await this.read(source);
		if (read === undefined) {
			return [];
		}
		const { lines, blocks } = read;
		contamination.see(lines.text);
		const random = randomFrom(seedFor(seed, `holes of ${source.name}`));
		const options: HoleOptions = {
			spacing: this.spacingOf(source),
			longestMiddle: this.longestMiddle,
			longestPlain: longest * MOST_CHARACTERS_PER_TOKEN,
			blocks,
			hunks: added,
			shares: this.shares,
		};
		const holes: Hole[] = [];
		for (let pass = 0; pass < passes; pass++) {
			const drawn = drawHoles(lines.text, options, random);
			holes.push(...drawn.filter(() => share >= 1 || random.next() < share));
		}
		// Of their own, so that the same holes are drawn whatever heads their prompts.
		const heads = randomFrom(seedFor(seed, `heads of ${source.name}`));
		return this.places(source, lines, holes, heads);
	}

	private async places(
		source: SourceFile,
		lines: ReturnType<typeof linesOf>,
		holes: readonly Hole[],
		heads: ReturnType<typeof randomFrom> | undefined,
	): Promise<readonly DrawnPlace[]> {
		const places: DrawnPlace[] = [];
		for (const hole of holes) {
			places.push(await this.dresser.place(source, lines, hole, heads, this.signal));
		}
		return places;
	}

	/** Without plain pieces, and as it is served: what is measured is what completion does. */
	private async validation(): Promise<readonly DrawnPlace[]> {
		const { validation } = this.sides;
		const spacing = this.closer(validation, VALIDATION_HOLES, CLOSEST_VALIDATION);
		const places: DrawnPlace[] = [];
		for (const { source } of validation) {
			const read = places.length < MOST_VALIDATION ? await this.read(source) : undefined;
			if (read !== undefined) {
				const random = randomFrom(seedFor(HELD_OUT_SEED, `held-out holes of ${source.name}`));
				const options = { spacing, longestMiddle: this.longestMiddle, longestPlain: 0, blocks: read.blocks };
				const holes = drawHoles(read.lines.text, options, random);
				places.push(...(await this.places(source, read.lines, holes, undefined)));
			}
		}
		return places.slice(0, MOST_VALIDATION);
	}

	private async test(): Promise<readonly DrawnPlace[]> {
		const { test, by, commits } = this.sides;
		const spacing = this.closer(test, ENOUGH_TEST, CLOSEST_TEST);
		const drawn: { readonly file: CorpusFile; readonly holes: TestHoles }[] = [];
		for (const file of test) {
			const read = await this.read(file.source);
			if (read !== undefined) {
				const added = file.added.map((span) => ({ ...span, isTest: by === 'time' && span.commit < commits }));
				const { longestMiddle } = this;
				const options = { longestMiddle, blocks: read.blocks };
				const count = holeCount(file.characters, spacing);
				drawn.push({ file, holes: testHoles(file.name, read.lines.text, added, count, options) });
			}
		}
		const of = (kind: keyof TestHoles) =>
			drawn.flatMap(({ file, holes }) => holes[kind].map((hole) => ({ file, hole })));
		const changed = chosen(of('changed'), MOST_TEST);
		const all = [...changed, ...chosen(of('others'), Math.max(0, ENOUGH_TEST - changed.length))];
		const places: DrawnPlace[] = [];
		for (const { file } of drawn) {
			const holes = all.filter((one) => one.file === file).map(({ hole }) => hole);
			const read = holes.length === 0 ? undefined : await this.read(file.source, false);
			if (read !== undefined) {
				places.push(...(await this.places(file.source, read.lines, holes, undefined)));
			}
		}
		return places;
	}

	private closer(files: readonly CorpusFile[], count: number, closest: number): number {
		const characters = files.reduce((sum, file) => sum + file.characters, 0);
		return Math.min(this.spacing, Math.max(closest, characters / count));
	}

	/** Undefined where it has changed meanwhile. */
	private async read(source: SourceFile, withBlocks = true) {
		throwIfAborted(this.signal);
		const text = await this.tools.textOf(source);
		if (text === undefined) {
			this.changed.push(source.name);
			return undefined;
		}
		const blocks = withBlocks ? await this.tools.blocksOf?.(source.path, text) : undefined;
		return { lines: linesOf(text), blocks };
	}

	/** Hunks are drawn where there are some: there more often, so that they are as frequent as they shall be. */
	private sharesHere(): HoleShares {
		const { holes, hunksOfLongHistory } = this.order.shares;
		const wanted = this.corpus.historyLength >= LONG_HISTORY ? hunksOfLongHistory : holes.hunk;
		const all = this.sides.train.reduce(
			(sum, { characters }) => sum + holeCount(characters, this.spacing),
			0,
		);
		const stretches = this.sides.train.reduce(
			(sum, { added }) => sum + new Set(added.map(({ start }) => Math.floor(start / this.spacing))).size,
			0,
		);
		const others = holes.rest + holes.block + holes.lines + holes.characters;
		const share = Math.min(MOST_HUNKS, (wanted / (others + holes.hunk)) * (all / Math.max(1, stretches)));
		return { ...holes, hunk: (others * share) / (1 - share) };
	}
}

function middleOf({ text, hole }: DrawnPlace): string {
	return text.slice(hole.start, hole.end);
}

/** So many of them, drawn by the held-out seed, in their order. */
function chosen<T>(items: readonly T[], count: number): readonly T[] {
	if (items.length <= count) {
		return items;
	}
	const random = randomFrom(HELD_OUT_SEED);
	const kept = new Set(
		items
			.map((_, index) => ({ index, lot: random.next() }))
			.sort((one, other) => one.lot - other.lot)
			.slice(0, count)
			.map(({ index }) => index),
	);
	return items.filter((_, index) => kept.has(index));
}
