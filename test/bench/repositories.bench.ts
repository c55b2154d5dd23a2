/**
 * The fine-tune room on three real repositories that the starter never saw, `npm run bench:repositories`: audit, data,
 * training, verdict and report of each, as the session of the product makes them; then what must hold of the judge: each
 * adapter beats the others on its own repository, one that learned shuffled code is turned down, and ten files end in
 * "cannot tell".
 *
 *     npm run bench:repositories [-- [--minutes N] [--side-minutes N] [--threads N] [PACKAGE…]]
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { auditReport } from '../../src/finetune/corpus/report';
import type { Audit, Repository } from '../../src/finetune/corpus/verdict';
import { drawByFile } from '../../src/finetune/judge/spans';
import { corpusSize } from '../../src/finetune/panel/plan';
import { DEFAULT_SETTINGS, suggestedLearningRate } from '../../src/finetune/settings';
import { randomFrom } from '../../src/finetune/training/random';
import type { Log } from '../../src/inference/model';
import { starter } from '../support/engines';
import { root } from '../support/root';
import { packageRepository } from './adaptRepository';
import { auditRepository, trainAdapter } from './adaptTraining';
import { runCancellable } from './cancellable';
import { otherOverOwn } from './crossed';
import { fewFiles, shuffledRepository } from './derivedRepositories';
import { type Figure, publish, rounds } from './harness';
import { packageHistory } from './packageHistory';
import { auditLines, detailsOf, judgementLines, runLines } from './repositoryReport';
import { trainedOn } from './unseen';
import { type Tuned, Workplace } from './workplace';

/** Small, medium and large; of three languages. Debian keeps one version of a package: that has no history. */
const REPOSITORIES = [
	{ name: 'execa', versions: 24 },
	{ name: 'pdf-lib', versions: 24 },
	{ name: 'python3-networkx', versions: 0 },
] as const;
/** Of which ten are too few. */
const FEW = 10;
/** Places of a repository on which the adapters of the others are compared with its own. */
const CROSSED = 120;
/** Milliseconds that the judge has, as for any adapter that the session did not train. */
const JUDGE = 10 * 60_000;

const { values: asked, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		/** Of the training of each repository. */
		minutes: { type: 'string', default: String(rounds(4)) },
		/** Of the trainings on shuffled code and on ten files. */
		'side-minutes': { type: 'string', default: '1' },
		threads: { type: 'string', default: '1' },
	},
});
const [minutes, sideMinutes, threads] = [asked.minutes, asked['side-minutes'], asked.threads].map(Number);
const chosen = REPOSITORIES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
/** `BENCH_DIST` names another folder of built files than `dist`. */
const dist = process.env['BENCH_DIST'] ?? path.join(root, 'dist');
const results = path.join(root, 'out/bench/repositories');

const log: Log = {
	trace: () => undefined,
	info: (message) => console.error(message),
	warn: (message) => console.error(message),
	error: (message, cause) => console.error(message, cause ?? ''),
};

/** A repository with its own adapter. */
interface Learned {
	readonly name: string;
	readonly audit: Audit;
	readonly tuned: Tuned;
}

function repositoryOf(
	{ name, versions }: (typeof REPOSITORIES)[number],
	folder: string,
	signal: AbortSignal,
): Promise<Repository> {
	return versions > 0
		? packageHistory(name, versions, path.join(folder, name), signal)
		: packageRepository([name], folder, signal);
}

async function learn(place: Workplace, folder: string, signal: AbortSignal): Promise<readonly Learned[]> {
	const learned: Learned[] = [];
	for (const entry of chosen) {
		const { name } = entry;
		const repository = await repositoryOf(entry, path.join(folder, 'code'), signal);
		const begun = performance.now();
		const audit = await auditRepository(repository, path.join(dist, 'corpusWorker.js'), signal);
		const seconds = (performance.now() - begun) / 1_000;
		fs.writeFileSync(path.join(results, `${name}.audit.md`), auditReport(audit));
		say([`# ${name}`, ...auditLines(audit, seconds)]);
		const tuned = await place.fineTune(name, audit, minutes ?? 0, signal);
		fs.copyFileSync(tuned.report, path.join(results, `${name}.report.md`));
		fs.writeFileSync(
			path.join(results, `${name}.judgement.json`),
			JSON.stringify(tuned.judgement, undefined, '\t'),
		);
		say([...runLines(tuned), ...judgementLines(tuned.judgement), '']);
		learned.push({ name, audit, tuned });
	}
	return learned;
}

/** Loss of every other adapter over that of the own, on each repository's test. */
async function cross(place: Workplace, learned: readonly Learned[], signal: AbortSignal) {
	const found: { on: string; of: string; value: number; low: number; high: number }[] = [];
	for (const { name, tuned } of learned) {
		const places = drawByFile(tuned.spans.test, CROSSED, randomFrom(CROSSED));
		const own = await place.losses(tuned, places, signal);
		for (const other of learned.filter((one) => one.tuned !== tuned)) {
			const { difference } = otherOverOwn(places, own, await place.losses(other.tuned, places, signal));
			found.push({ on: name, of: other.name, ...difference });
		}
	}
	return found;
}

/** The judgement of an adapter that has learned a repository's words in an order of chance. */
async function spoil(place: Workplace, { name, audit, tuned }: Learned, folder: string, signal: AbortSignal) {
	const heldOut = new Set([...tuned.spans.test, ...tuned.spans.validation].map(({ file }) => file));
	const repository = await shuffledRepository(
		audit,
		heldOut,
		path.join(folder, 'code', `${name}, shuffled`),
		signal,
	);
	const { state } = place.model;
	const parameters = state.type === 'ready' ? state.model.parameters : 0;
	const { result } = await trainAdapter(
		{
			audit: await auditRepository(repository, path.join(dist, 'corpusWorker.js'), signal),
			model: place.model,
			basePath: starter,
			settings: {
				...DEFAULT_SETTINGS,
				...{ minutes: sideMinutes ?? 0, threads: threads ?? 1, backend: 'cpu' },
				learningRate: suggestedLearningRate(parameters),
			},
			lossOn: 'middle',
			passes: 0,
			folder: path.join(folder, `${name}-shuffled`),
			trainerFile: path.join(dist, 'trainer.mjs'),
			log: { ...log, info: () => undefined },
		},
		signal,
	);
	return place.judge(result.adapterPath, tuned, JUDGE, signal);
}

function say(lines: readonly string[]): void {
	console.log(lines.join('\n'));
}

async function measure(folder: string, signal: AbortSignal): Promise<void> {
	const place = await Workplace.open({ dist, folder, threads: threads ?? 1, log }, signal);
	try {
		const learned = await learn(place, folder, signal);
		const crossed = await cross(place, learned, signal);
		say([
			'# Own against somebody else’s, loss of the other over that of the own, nats per token',
			...crossed.map(
				({ on, of, value, low, high }) =>
					`on ${on}, of ${of}: ${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
			),
			'',
		]);
		const [source] = learned.filter(({ name }) => name === 'pdf-lib').concat(learned);
		if (source === undefined) {
			throw new Error(`There are: ${REPOSITORIES.map(({ name }) => name).join(', ')}.`);
		}
		const repository = await fewFiles(
			source.audit,
			FEW,
			path.join(folder, 'code', `ten files of ${source.name}`),
			signal,
		);
		const audit = await auditRepository(repository, path.join(dist, 'corpusWorker.js'), signal);
		const few = await place.fineTune('ten files', audit, sideMinutes ?? 0, signal);
		fs.copyFileSync(few.report, path.join(results, 'ten-files.report.md'));
		say([
			`# ten files of ${source.name}`,
			...auditLines(audit, undefined),
			...runLines(few),
			...judgementLines(few.judgement),
			'',
		]);
		const spoiled: Record<string, unknown>[] = [];
		for (const one of learned) {
			const judgement = await spoil(place, one, folder, signal);
			spoiled.push({ of: one.name, ...detailsOf(judgement) });
			say([`# ${one.name}, shuffled`, ...judgementLines(judgement), '']);
		}
		publish({
			name: 'repositories',
			notes: [`reports: ${path.relative(root, results)}`],
			figures: figuresOf(
				learned,
				crossed.map(({ low }) => low),
				spoiled.map(({ decision }) => decision),
				few,
			),
			details: {
				repositories: learned.map(({ name, audit: one, tuned }) => ({
					...{ name, files: corpusSize(one).files, out: corpusSize(one).out },
					...detailsOf(tuned.judgement),
					active: tuned.isActive,
				})),
				crossed,
				spoiled,
				few: detailsOf(few.judgement),
			},
		});
	} finally {
		await place.dispose();
	}
}

function figuresOf(
	learned: readonly Learned[],
	crossed: readonly number[],
	spoiled: readonly unknown[],
	few: Tuned,
): readonly Figure[] {
	const all = (label: string, key: string, value: number, of: number): Figure => ({
		...{ label, key, value, unit: '', samples: of },
		aim: { type: 'at-least', value: of },
	});
	return [
		{
			...{ label: 'adapters that passed the gate', key: 'passed', unit: '', samples: learned.length },
			value: learned.filter(({ tuned }) => tuned.judgement.decision === 'pass').length,
		},
		all(
			'adapters with less loss on their test, for certain',
			'lower',
			learned.filter(({ tuned }) => tuned.judgement.loss.difference.high < 0).length,
			learned.length,
		),
		all('own beats another’s, for certain', 'own', crossed.filter((low) => low > 0).length, crossed.length),
		all(
			'shuffled ones turned down',
			'shuffled_failed',
			spoiled.filter((decision) => decision === 'fail').length,
			spoiled.length,
		),
		all('ten files: cannot tell', 'few_unsure', few.judgement.decision === 'unsure' ? 1 : 0, 1),
	];
}

const seen = trainedOn(chosen.map(({ name }) => name));
if (seen.length > 0) {
	throw new Error(`The starter was trained on ${seen.join(', ')}: models/sources.json lists it.`);
}
fs.mkdirSync(results, { recursive: true });
await runCancellable(measure);
