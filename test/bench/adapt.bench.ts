/**
 * A fine-tune on code that no training ever saw, as the command in the editor makes it, and what it is worth: held-out
 * loss, and greedy completions of base and adapter in held-out files, from the same prompts.
 *
 *     npm run bench:adapt [-- [--minutes N] [--learning-rate N] [--rank N] … [PACKAGE…]]
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { drawInWorker } from '../../src/finetune/dataset/sampleWorker';
import { corpusSize } from '../../src/finetune/panel/plan';
import {
	DEFAULT_SETTINGS,
	settingsProblem,
	suggestedLearningRate,
	type TrainingSettings,
} from '../../src/finetune/settings';
import type { Generator, Log } from '../../src/inference/model';
import { loadEngine, starter } from '../support/engines';
import { root } from '../support/root';
import { complete, type HeldOutHole, heldOutHoles } from './adaptHoles';
import { type Answered, answerFigures, changed, changesReport, lossFigures } from './adaptReport';
import { packageRepository } from './adaptRepository';
import { auditRepository, type Trained, trainAdapter } from './adaptTraining';
import { runCancellable } from './cancellable';
import { type Figure, publish, rounds } from './harness';
import type { Completion } from './holes';
import { describeModel } from './models';
import { packageHistory } from './packageHistory';

/** Its published sources are hand-written: 133 files of TypeScript pass the audit, and minutes are enough to see them all. */
const PACKAGES = ['pdf-lib'];
/** Fewer say too little. */
const FEWEST_HOLES = 200;
/** A stretch without anything to write has no hole. */
const HOLES = 240;

const { values: asked, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		minutes: { type: 'string', default: String(rounds(6)) },
		threads: { type: 'string', default: '1' },
		rank: { type: 'string', default: String(DEFAULT_SETTINGS.rank) },
		/** 0 = what suits the model. */
		'learning-rate': { type: 'string', default: '0' },
		'sequence-length': { type: 'string', default: String(DEFAULT_SETTINGS.sequenceLength) },
		/** 0 = as the trainer chooses. */
		'rows-per-step': { type: 'string', default: '0' },
		'end-weight': { type: 'string', default: String(DEFAULT_SETTINGS.endWeight) },
		/** 0 = as the extension chooses by the size of the code. */
		passes: { type: 'string', default: '0' },
		'loss-on-all': { type: 'boolean', default: false },
		holes: { type: 'string', default: String(HOLES) },
		/** Published versions of the first package that make a history; 0 = its sources are one commit. */
		history: { type: 'string', default: '0' },
	},
});
const packages = positionals.length > 0 ? positionals : PACKAGES;
const lossOn = asked['loss-on-all'] ? 'all' : 'middle';
const rank = Number(asked.rank);
const chosen: TrainingSettings = {
	...DEFAULT_SETTINGS,
	minutes: Number(asked.minutes),
	threads: Number(asked.threads),
	rank,
	alpha: (DEFAULT_SETTINGS.alpha / DEFAULT_SETTINGS.rank) * rank,
	learningRate: Number(asked['learning-rate']),
	sequenceLength: Number(asked['sequence-length']),
	rowsPerStep: Number(asked['rows-per-step']) || 'auto',
	endWeight: Number(asked['end-weight']),
	// Only before and after are of interest here.
	evaluateEvery: 0,
	backend: 'cpu',
};

/** `BENCH_DIST` names another folder of built files than `dist`. */
const dist = process.env['BENCH_DIST'] ?? path.join(root, 'dist');
const changesFile = path.join(root, 'out/bench/adapt-changes.md');

const log: Log = {
	trace: () => undefined,
	info: (message) => console.error(message),
	warn: (message) => console.error(message),
	error: (message, cause) => console.error(message, cause ?? ''),
};

async function completeAll(
	model: Pick<Generator, 'fill'>,
	holes: readonly HeldOutHole[],
	signal: AbortSignal,
): Promise<readonly Completion[]> {
	const completions: Completion[] = [];
	for (const hole of holes) {
		completions.push(await complete(model, hole, signal));
	}
	return completions;
}

function trainingFigures({ result, header }: Trained, answers: readonly Answered[]): readonly Figure[] {
	return [
		{ label: 'files held out', key: 'held_out_files', unit: '', value: header.heldOut.files },
		{
			label: 'holes',
			key: 'holes',
			unit: '',
			value: answers.length,
			aim: { type: 'at-least', value: FEWEST_HOLES },
		},
		{ label: 'completions changed', key: 'changed', unit: '', value: changed(answers).length },
		...(['better', 'worse'] as const).map((turn) => ({
			label: `completions ${turn}`,
			key: turn,
			unit: '',
			value: changed(answers).filter((answer) => answer.turn === turn).length,
		})),
		{ label: 'trained', key: 'train_seconds', unit: 's', value: result.seconds, samples: result.steps },
		{ label: 'tokens trained on', key: 'train_tokens', unit: '', value: result.tokens },
		{
			label: 'speed',
			key: 'tokens_per_second',
			unit: 'tokens/s',
			value: result.seconds > 0 ? result.tokens / result.seconds : undefined,
		},
		{ label: 'peak memory', key: 'peak_mb', unit: 'MB', value: result.peakBytes / 1e6 },
	];
}

async function measure(folder: string, signal: AbortSignal): Promise<void> {
	const [only] = packages;
	const versions = Number(asked.history);
	const repository =
		versions > 0 && only !== undefined
			? await packageHistory(only, versions, path.join(folder, 'code'), signal)
			: await packageRepository(packages, path.join(folder, 'code'), signal);
	const audit = await auditRepository(repository, path.join(dist, 'corpusWorker.js'), signal);
	const size = corpusSize(audit);
	log.info(`${repository.name}: ${size.files} files, ${size.characters} characters; ${size.out} left out`);
	// On the CPU, as the trainer: both sides of the comparison get the same numbers on every machine of a kind.
	const { engine, model } = await loadEngine(starter, { cacheFolder: folder });
	const draw = drawInWorker(path.join(dist, 'sampleWorker.js'), dist);
	const { seed, sequenceLength } = chosen;
	const drawing = { seed, longest: sequenceLength, count: Number(asked.holes) };
	const holes = await heldOutHoles(audit, draw, model, drawing, signal);
	const settings: TrainingSettings = {
		...chosen,
		learningRate: chosen.learningRate === 0 ? suggestedLearningRate(model.parameters) : chosen.learningRate,
	};
	try {
		const problem = settingsProblem(settings);
		if (problem !== undefined) {
			throw new Error(problem);
		}
		log.info(`${holes.length} holes in held-out files, filled by the base`);
		const base = await completeAll(engine, holes, signal);
		const trained = await trainAdapter(
			{
				audit,
				model: {
					state: { type: 'ready', model },
					encode: (request, aborted) => engine.encode(request, aborted),
				},
				basePath: starter,
				settings,
				lossOn,
				passes: Number(asked.passes),
				folder,
				trainerFile: path.join(dist, 'trainer.mjs'),
				log,
			},
			signal,
		);
		const { result, header, passes } = trained;
		const used = await engine.useAdapters([{ path: result.adapterPath, scale: 1 }], signal);
		if (used.type === 'unsupported') {
			throw new Error(used.reason);
		}
		log.info('the same holes, filled with the adapter');
		const adapted = await completeAll(engine, holes, signal);
		const answers = holes.flatMap((hole, index) => {
			const [before, after] = [base[index], adapted[index]];
			return before === undefined || after === undefined ? [] : [{ hole, base: before, adapter: after }];
		});
		const notes = [
			...describeModel(model),
			`${packages.join(', ')}: ${size.files} files pass the audit, ${size.out} do not; ${header.train.files} to learn from, ${header.heldOut.files} held out`,
			`${header.train.samples} samples of ${passes} passes, ${header.train.tokens} tokens, ${header.train.weighted} with a weight (${lossOn}); ${result.steps} steps in ${(result.seconds / 60).toFixed(1)} of ${settings.minutes} minutes, ${result.tokens} tokens`,
			`rank ${settings.rank}, alpha ${settings.alpha}, learning rate ${settings.learningRate}, rows of ${settings.sequenceLength}, ${settings.rowsPerStep} a step, ends weighted ${settings.endWeight}, ${settings.threads} threads`,
			...trained.notes,
			'losses in nats per token; intervals: 95 %, paired bootstrap over held-out files',
		];
		fs.mkdirSync(path.dirname(changesFile), { recursive: true });
		fs.writeFileSync(changesFile, changesReport(answers, notes));
		publish({
			name: 'adapt',
			notes: [...notes, `every completion that changed: ${path.relative(root, changesFile)}`],
			figures: [...lossFigures(result), ...answerFigures(answers), ...trainingFigures(trained, answers)],
		});
	} finally {
		await engine.dispose();
	}
}

await runCancellable(measure);
