/**
 * How good completions are: holes in code that nobody trained on, filled by our engine with and without each source of
 * context, and by the same model through llama-server with llama.vscode's context.
 *
 *     npm run bench:quality [-- [--model FILE] [--holes N] [--sources imports,recent,similar]]
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { LANGUAGES } from '../../models/recipe/document';
import { progressOf } from '../../models/recipe/evaluate/progress';
import { SOURCES } from '../../src/completion/context/chunk';
import { root } from '../support/root';
import { type Figure, publish, rounds } from './harness';
import { llamaPrograms } from './llamaPrograms';
import { LlamaServer } from './llamaServer';
import { MeasuredModel } from './measuredModel';
import { describeModel, benchLog as log, never, STARTER, withModel } from './models';
import { ours, type Shown, theirs } from './qualityAnswers';
import { namesTold, PREFILL_SPEED, PROMPT_TOKENS } from './qualityContext';
import type { QualityHole } from './qualityHoles';
import { type HoleMarks, marksOf } from './qualityMarks';
import { qualityPlaces } from './qualityPlace';
import { peerFigures, sideNotes, sourceFigures, toldFigures } from './qualityReport';

const FEWEST_HOLES = 500;

const { values: asked } = parseArgs({
	options: {
		model: { type: 'string', default: STARTER },
		holes: { type: 'string', default: rounds(2) === 1 ? '60' : '660' },
		/** Those that a folder of files is enough for. */
		sources: { type: 'string', default: 'imports,recent,similar' },
	},
});
const model = path.resolve(asked.model);
const sources = SOURCES.filter((name) => asked.sources.split(',').includes(name));
async function measure(signal: AbortSignal): Promise<void> {
	const { server: program, version } = llamaPrograms();
	const places = await qualityPlaces(Number(asked.holes), signal);
	const holes: readonly QualityHole[] = places.map(({ hole }) => hole);
	const variants = [[], ...sources.map((name) => [name]), sources];
	const answers: Record<string, Shown> = {};
	const told: Record<string, readonly (number | undefined)[]> = {};
	const { notes, threads, batchThreads, contextSize } = await withModel(
		model,
		async ({ client, model: description }) => {
			const measured = new MeasuredModel(client, PREFILL_SPEED);
			for (const variant of variants) {
				const name = variant.join('+') || 'file';
				const progress = progressOf(`ours, ${name}`);
				told[name] = await inOrder(places, (place) => namesTold(place, measured, variant, signal));
				const own = await ours(
					measured,
					places,
					variant,
					log,
					(done) => progress(`${done} of ${places.length}`),
					signal,
				);
				answers[name] = own.map(({ text }) => text);
			}
			return {
				notes: describeModel(description),
				threads: description.threads.decode,
				batchThreads: description.threads.prefill,
				contextSize: description.contextSize,
			};
		},
	);
	const server = await LlamaServer.start(
		{ program, model, contextSize, batch: PROMPT_TOKENS, threads, batchThreads },
		signal,
	);
	try {
		for (const [name, sampling] of [
			['llama.vscode', {}],
			['llama.vscode greedy', { samplers: ['top_k'], top_k: 1 }],
		] as const) {
			const progress = progressOf(name);
			answers[name] = await theirs(
				server,
				places,
				sampling,
				(done) => progress(`${done} of ${places.length}`),
				signal,
			);
		}
	} finally {
		await server.dispose();
	}
	const marks: Record<string, readonly HoleMarks[]> = {};
	for (const [name, shown] of Object.entries(answers)) {
		marks[name] = await marksOf(holes, shown);
	}
	keep(holes, answers);
	const alone = marks['file'] ?? [];
	const all = marks[sources.join('+')] ?? alone;
	const figures: Figure[] = [
		{
			label: 'holes',
			key: 'holes',
			unit: '',
			value: holes.length,
			aim: { type: 'at-least', value: FEWEST_HOLES },
		},
		...peerFigures(marks['llama.vscode'] ?? [], marks['llama.vscode greedy'] ?? [], all),
		...sources.flatMap((name) => sourceFigures(name, alone, marks[name] ?? [])),
		...Object.keys(told).flatMap((name) => toldFigures(name, alone, told['file'] ?? [], told[name] ?? [])),
	];
	publish({
		name: 'quality',
		notes: [
			...notes,
			`llama.cpp ${version}, ${PROMPT_TOKENS} tokens of the file in a prompt; ${new Set(holes.map(({ file }) => file.package)).size} packages in ${LANGUAGES.join(', ')}`,
			...sideNotes(marks),
		],
		figures,
	});
}

async function inOrder<T, U>(list: readonly T[], use: (item: T) => Promise<U>): Promise<readonly U[]> {
	const found: U[] = [];
	for (const item of list) {
		found.push(await use(item));
	}
	return found;
}

/** Every text beside what stood there, for whoever wants to see why. */
function keep(holes: readonly QualityHole[], answers: Readonly<Record<string, Shown>>): void {
	const file = path.join(root, 'out/bench/quality.json');
	fs.mkdirSync(path.dirname(file), { recursive: true });
	const list = holes.map(({ file: source, kind, start, end }, index) => ({
		where: `${source.package}/${source.path}:${source.text.slice(0, start).split('\n').length}`,
		kind,
		before: source.text.slice(source.text.lastIndexOf('\n', start - 1) + 1, start),
		expected: source.text.slice(start, end),
		...Object.fromEntries(Object.entries(answers).map(([name, shown]) => [name, shown[index] ?? null])),
	}));
	fs.writeFileSync(file, `${JSON.stringify(list, undefined, '\t')}\n`);
}

await measure(never());
