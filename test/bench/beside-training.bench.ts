/** First text of completions while somebody types, beside a running fine-tune of the same model, against no fine-tune. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TrainingRun } from '../../src/finetune/job/run';
import { DEFAULT_SETTINGS } from '../../src/finetune/settings';
import { sleep } from '../../src/inference/cancel';
import type { FillRequest, Model } from '../../src/inference/model';
import { served } from '../../src/inference/served';
import { root } from '../support/root';
import { auditRepository, beginTraining } from './adaptTraining';
import { type Figure, median, percentile, publish, rounds } from './harness';
import {
	benchLog,
	CHARACTERS_PER_TOKEN,
	describeModel,
	never,
	nonsense,
	STARTER,
	timeStream,
	withModel,
} from './models';

const AIM = { type: 'at-most', value: 1.5 } as const;
const ROUNDS = rounds(6);
/** Keys of a burst, and milliseconds between two of them. */
const KEYS = 'const total = price;';
const BETWEEN = 150;
/** Tokens of the prompt that a burst begins with. */
const COLD_TOKENS = 512;
const dist = path.join(root, 'dist');

type Side = 'alone' | 'beside' | 'unheld';
let seed = 1;

function fill(prefix: string, typed: string): FillRequest {
	return {
		...{ repository: 'bench', path: 'src/bench.ts', files: [], prefix, typed, suffix: '\n}\n' },
		...{ maxTokens: 4, maxPromptTokens: COLD_TOKENS, leftToRight: false, priority: 'interactive' },
	};
}

/** Milliseconds to the first text after each key. */
async function burst(model: Model): Promise<readonly number[]> {
	const prefix = nonsense(seed++, COLD_TOKENS * CHARACTERS_PER_TOKEN);
	const times: number[] = [];
	for (let end = 1; end <= KEYS.length; end++) {
		const start = performance.now();
		const { firstText } = await timeStream(model.fill(fill(prefix, KEYS.slice(0, end)), never()));
		times.push(firstText ?? performance.now() - start);
		await sleep(BETWEEN, never());
	}
	return times;
}

/** Resolves when the run is in this state; rejects when it ended. */
async function until(run: TrainingRun, holds: () => boolean): Promise<void> {
	while (!holds()) {
		if (run.view.state !== 'running' && run.view.state !== 'paused') {
			throw new Error(`The training ended: ${run.view.problem?.message ?? run.view.state}`);
		}
		await new Promise<void>((resolve) => {
			const subscription = run.onDidChange(() => {
				subscription.dispose();
				resolve();
			});
		});
	}
}

async function computing(run: TrainingRun): Promise<void> {
	const before = run.view.progress?.step ?? 0;
	run.resume();
	await until(run, () => (run.view.progress?.step ?? 0) > before && run.view.pausedFor === undefined);
}

async function resting(run: TrainingRun): Promise<void> {
	run.pause();
	await until(run, () => run.view.pausedFor === 'user');
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'familiar-bench-'));
try {
	await withModel(STARTER, async ({ client, model }) => {
		const repository = { name: 'familiar', folder: root, gitPath: 'git' };
		const audit = await auditRepository(repository, path.join(dist, 'corpusWorker.js'), never());
		const { run } = await beginTraining(
			{
				...{ audit, model: client, basePath: STARTER, lossOn: 'middle', passes: 5, folder, log: benchLog },
				settings: { ...DEFAULT_SETTINGS, evaluateEvery: 0 },
				trainerFile: path.join(dist, 'trainer.mjs'),
			},
			never(),
		);
		try {
			await until(run, () => (run.view.progress?.step ?? 0) > 0);
			const holding = served((busy) => run.serving(busy))(client);
			const times: Record<Side, number[]> = { alone: [], beside: [], unheld: [] };
			let steps = 0;
			for (let round = 0; round < ROUNDS; round++) {
				await resting(run);
				times.alone.push(...(await burst(client)));
				await computing(run);
				const before = run.view.progress?.step ?? 0;
				times.beside.push(...(await burst(holding)));
				steps += (run.view.progress?.step ?? 0) - before;
				await computing(run);
				times.unheld.push(...(await burst(client)));
			}
			const common = { unit: 'ms', samples: times.alone.length } as const;
			const of = (side: Side, label: string): readonly Figure[] => [
				{ ...common, label, key: `${side}_ms`, value: median(times[side]) },
				{ ...common, label: `${label}, p95`, key: `${side}_p95_ms`, value: percentile(times[side], 0.95) },
			];
			const [own, next] = [median(times.alone), median(times.beside)];
			publish({
				name: 'beside-training',
				notes: [
					...describeModel(model),
					`bursts of ${KEYS.length} keys, ${BETWEEN} ms apart, by turns; the training of the same model made ${steps} steps during those beside it`,
				],
				figures: [
					...of('alone', 'training paused'),
					...of('beside', 'beside a training that gives way'),
					...of('unheld', 'beside a training that does not'),
					{
						...{
							label: 'ratio of the medians',
							key: 'ratio',
							unit: '',
							aim: AIM,
							samples: times.beside.length,
						},
						value: own === undefined || next === undefined ? undefined : next / own,
					},
				],
			});
		} finally {
			run.kill();
			await run.done;
		}
	});
} finally {
	fs.rmSync(folder, { recursive: true, force: true });
}
