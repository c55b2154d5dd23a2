/**
 * How sure a model must be of a text before somebody sees it who did not ask: of the texts that it writes in held-out code,
 * what share is right from each limit on, and how many of the right ones lie below.
 *
 *     npm run bench:confidence [-- [--model FILE] [--holes N]]
 */
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { wilson } from '../../models/recipe/evaluate/interval';
import { progressOf } from '../../models/recipe/evaluate/progress';
import { UNSURE } from '../../src/completion/confidence';
import { type Figure, publish, rounds } from './harness';
import { MeasuredModel } from './measuredModel';
import { benchLog, describeModel, never, STARTER, withModel } from './models';
import { ours } from './qualityAnswers';
import { PREFILL_SPEED } from './qualityContext';
import { marksOf } from './qualityMarks';
import { qualityPlaces } from './qualityPlace';

/** Mean probabilities of a token, in percent. */
const LIMITS: readonly number[] = [0, 5, 8, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80];
/** Share of the texts with the right first line that the limit may cost. */
const MOST_LOST = 0.02;

const { values: asked } = parseArgs({
	options: {
		model: { type: 'string', default: STARTER },
		holes: { type: 'string', default: rounds(2) === 1 ? '150' : '1500' },
	},
});

async function measure(signal: AbortSignal): Promise<void> {
	const places = await qualityPlaces(Number(asked.holes), signal);
	const say = progressOf('texts');
	const { answers, notes } = await withModel(path.resolve(asked.model), async ({ client, model }) => ({
		answers: await ours(
			new MeasuredModel(client, PREFILL_SPEED),
			places,
			[],
			benchLog,
			(done) => say(`${done} of ${places.length}`),
			signal,
		),
		notes: describeModel(model),
	}));
	const marks = await marksOf(
		places.map(({ hole }) => hole),
		answers.map(({ text }) => text),
	);
	const written = answers.flatMap(({ text, confidence }, index) => {
		const isRight = marks[index]?.isFirstLineExact === true;
		return text === undefined || confidence === undefined ? [] : [{ confidence, isRight }];
	});
	const right = written.filter(({ isRight }) => isRight);
	const from = (limit: number) => written.filter(({ confidence }) => confidence >= limit);
	const lines = LIMITS.map((percent) => {
		const shown = from(Math.log(percent / 100));
		const good = shown.filter(({ isRight }) => isRight).length;
		return `from ${percent} %: ${shown.length} shown, ${good} right (${(100 * share(good, shown.length)).toFixed(1)} %)`;
	});
	const below = right.filter(({ confidence }) => confidence < UNSURE).length;
	const interval = right.length === 0 ? [0, 1] : wilson(below, right.length);
	const sure = interval.map((end) => `${(100 * end).toFixed(1)} %`).join(' to ');
	const figures: readonly Figure[] = [
		{ label: 'texts', key: 'texts', value: written.length, unit: '' },
		{ label: 'with the right first line', key: 'right', value: right.length, unit: '' },
		{
			label: `of all, below the limit of ${Math.round(100 * Math.exp(UNSURE))} %`,
			key: 'silent',
			value: 1 - share(from(UNSURE).length, written.length),
			unit: '',
		},
		{
			label: 'of those with the right first line, below the limit',
			key: 'lost',
			value: share(below, right.length),
			unit: '',
			aim: { type: 'at-most', value: MOST_LOST },
			samples: right.length,
		},
	];
	const doubt = `the share that is lost: 95 % interval ${sure}`;
	publish({ name: 'confidence', notes: [...notes, ...lines, doubt], figures });
}

function share(part: number, all: number): number {
	return all === 0 ? 0 : part / all;
}

await measure(never());
